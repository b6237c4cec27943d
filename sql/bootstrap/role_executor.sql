-- The executor: the one writer of job state.
CREATE ROLE IF NOT EXISTS report_executor COMMENT = 'The executor: the one writer of job state.'
