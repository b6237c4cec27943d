-- Links to the files of a job.
-- Params: job_id expires_s
CALL report_url(:job_id, :expires_s)
