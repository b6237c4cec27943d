-- The open jobs that have some dedupe keys, and how far they are.
-- Params: dedupe_keys
SELECT j.dedupe_key, j.job_id, j.status
FROM all_jobs AS j
JOIN (SELECT DISTINCT value::STRING AS dedupe_key FROM TABLE(FLATTEN(INPUT => PARSE_JSON(:dedupe_keys)))) AS k
    ON j.dedupe_key = k.dedupe_key
WHERE j.status NOT IN ('SUCCEEDED', 'FAILED', 'CANCELLED', 'DUPLICATE', 'EXPIRED')
QUALIFY ROW_NUMBER() OVER (PARTITION BY j.dedupe_key ORDER BY j.enqueued_at, j.request_id) = 1
