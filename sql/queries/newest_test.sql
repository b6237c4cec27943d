-- The newest test of the connections that ended and was asked for within a span; without an end of it, until now.
-- Params: report_type since until until
SELECT *
FROM jobs
WHERE report_type = :report_type
    AND status IN ('SUCCEEDED', 'FAILED')
    AND enqueued_at >= TO_TIMESTAMP_NTZ(:since)
    AND (:until IS NULL OR enqueued_at <= TO_TIMESTAMP_NTZ(:until))
ORDER BY enqueued_at DESC, job_id
LIMIT 1
