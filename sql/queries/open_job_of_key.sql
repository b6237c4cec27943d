-- The open job that was asked for with this dedupe key.
-- Params: dedupe_key
SELECT job_id, status
FROM all_jobs
WHERE dedupe_key = :dedupe_key
    AND status NOT IN ('SUCCEEDED', 'FAILED', 'CANCELLED', 'DUPLICATE', 'EXPIRED')
ORDER BY enqueued_at
LIMIT 1
