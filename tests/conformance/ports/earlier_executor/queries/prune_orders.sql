-- Forget old cancels of forgotten jobs, old pauses that are noted, and this order to prune, for the holder of the fence.
-- Params: keep_days request_id fence
DELETE FROM job_intake
WHERE (
        request_id = :request_id
        OR (
            enqueued_at < DATEADD('day', -:keep_days, SYSDATE())
            AND request_id IN (
                SELECT c.request_id
                FROM job_intake AS c
                LEFT JOIN job_intake AS r ON r.kind = 'RUN' AND r.job_id = c.job_id
                WHERE c.kind = 'CANCEL' AND r.request_id IS NULL
                UNION ALL
                SELECT p.request_id
                FROM job_intake AS p
                JOIN type_state AS t ON t.report_type = p.report_type AND t.command_at >= p.enqueued_at
                WHERE p.kind IN ('PAUSE', 'RESUME')
            )
        )
    )
    AND EXISTS (SELECT 1 FROM job_state WHERE request_id = '__leader__' AND fence = :fence)
