-- Make an ended report again.
-- Params: job_id
CALL retry_report(:job_id)
