-- End a job's second open request, which two claims running at once can make, as a duplicate of the first.
-- Params: fence duplicate_rank
UPDATE job_state AS s
SET
    status = 'DUPLICATE',
    status_rank = :duplicate_rank,
    duplicate_of = s.job_id,
    finished_at = SYSDATE(),
    updated_at = SYSDATE()
FROM (
    SELECT
        d.request_id,
        ROW_NUMBER() OVER (
            PARTITION BY d.job_id
            ORDER BY d.attempt DESC, d.launch_try DESC, d.status_rank DESC, d.claimed_at, d.request_id
        ) AS place
    FROM job_state AS d
    CROSS JOIN (SELECT fence FROM job_state WHERE request_id = '__leader__' AND fence = :fence) AS leader
    WHERE d.job_id IS NOT NULL AND d.status <> 'DUPLICATE'
) AS other
WHERE s.request_id = other.request_id AND other.place > 1 AND s.finished_at IS NULL
