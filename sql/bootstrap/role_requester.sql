-- Who asks for reports and sees his own jobs and those of shared types.
CREATE ROLE IF NOT EXISTS report_requester COMMENT = 'Asks for reports; sees his own jobs and those of shared types.'
