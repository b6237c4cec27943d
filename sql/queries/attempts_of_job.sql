-- The ended attempts of one job, the first of them first.
-- Params: job_id
SELECT * FROM job_attempts WHERE job_id = :job_id ORDER BY attempt
