-- Seconds until the next waiting job is due; NULL when none waits for a time.
-- Params: -
SELECT MIN(DATEDIFF('millisecond', SYSDATE(), due_at)) / 1000 AS seconds
FROM (
    SELECT due_at FROM job_state WHERE status = 'RETRY_WAIT'
    UNION ALL
    SELECT i.not_before
    FROM job_intake AS i
    LEFT JOIN job_state AS s ON s.request_id = i.request_id
    WHERE i.kind = 'RUN' AND s.request_id IS NULL AND i.not_before IS NOT NULL
)
