-- The newest jobs, filtered by what is given.
-- Params: status status report_type report_type since since most
SELECT *
FROM jobs
WHERE (:status IS NULL OR status = :status)
    AND (:report_type IS NULL OR report_type = :report_type)
    AND (:since IS NULL OR enqueued_at >= TO_TIMESTAMP_NTZ(:since))
ORDER BY enqueued_at DESC, job_id
LIMIT :most
