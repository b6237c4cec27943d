-- Cancel a job.
-- Params: job_id
CALL cancel_report(:job_id)
