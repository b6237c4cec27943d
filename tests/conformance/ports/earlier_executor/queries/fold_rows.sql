-- Remove a request's second row, which two claims running at once can make; the row that got further stays.
-- Params: fence
DELETE FROM job_state AS s
USING (
    SELECT
        d.request_id,
        d.claim_id,
        ROW_NUMBER() OVER (
            PARTITION BY d.request_id
            ORDER BY d.attempt DESC, d.launch_try DESC, d.status_rank DESC, d.claimed_at, d.claim_id
        ) AS place
    FROM job_state AS d
    CROSS JOIN (SELECT fence FROM job_state WHERE request_id = '__leader__' AND fence = :fence) AS leader
    WHERE d.request_id <> '__leader__'
) AS extra
WHERE s.request_id = extra.request_id AND s.claim_id = extra.claim_id AND extra.place > 1
