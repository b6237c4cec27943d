-- Jobs that have not ended, the oldest first, with their age in seconds by the database's clock.
-- Params: most
SELECT job_id,
       report_type,
       status,
       attempt,
       task_arn,
       diagnosis,
       result_uri,
       DATEDIFF('second', enqueued_at, SYSDATE()) AS age_s
FROM jobs
WHERE status IN ('QUEUED', 'CLAIMED', 'LAUNCHED', 'RUNNING', 'CANCELLING', 'RETRY_WAIT')
ORDER BY enqueued_at, job_id
LIMIT :most
