-- Forget the history of jobs that nobody asked for any more, for the holder of the fence.
-- Params: fence
DELETE FROM job_events
WHERE job_id IN (
        SELECT s.job_id
        FROM job_state AS s
        LEFT JOIN job_intake AS i ON i.request_id = s.request_id
        WHERE i.request_id IS NULL AND s.finished_at IS NOT NULL AND s.job_id IS NOT NULL
    )
    AND EXISTS (SELECT 1 FROM job_state WHERE request_id = '__leader__' AND fence = :fence)
