-- One job, whole.
-- Params: job_id
SELECT * FROM jobs WHERE job_id = :job_id
