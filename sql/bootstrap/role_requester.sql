-- Who asks for reports and sees the jobs.
CREATE ROLE IF NOT EXISTS report_requester COMMENT = 'Asks for reports and sees the jobs.'
