-- Who runs the installation: what an operator and an author do.
CREATE ROLE IF NOT EXISTS report_admin COMMENT = 'Runs the installation: does what an operator and an author do.'
