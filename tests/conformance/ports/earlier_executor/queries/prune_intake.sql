-- Forget what was asked for of jobs that ended long ago, and only then of their repetitions, for the holder of the fence.
-- Params: keep_days fence
DELETE FROM job_intake
WHERE request_id IN (
        SELECT s.request_id
        FROM job_state AS s
        JOIN (
            SELECT COALESCE(job_id, request_id) AS job_key
            FROM job_state
            WHERE request_id <> '__leader__'
            GROUP BY COALESCE(job_id, request_id)
            HAVING COUNT(*) = COUNT(finished_at)
                AND COALESCE(MAX(IFF(status = 'DUPLICATE', NULL, finished_at)), MAX(finished_at))
                    < DATEADD('day', -:keep_days, SYSDATE())
        ) AS old ON old.job_key = COALESCE(s.job_id, s.request_id)
    )
    AND EXISTS (SELECT 1 FROM job_state WHERE request_id = '__leader__' AND fence = :fence)
