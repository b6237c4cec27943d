-- State rows of jobs that nothing asks for any more.
-- Params: -
SELECT s.job_id, s.request_id, s.finished_at IS NOT NULL AS ended
FROM job_state AS s
LEFT JOIN (
    SELECT request_id FROM job_intake WHERE kind = 'RUN'
) AS asked ON asked.request_id = s.request_id
WHERE s.job_id IS NOT NULL AND s.status <> 'DUPLICATE' AND asked.request_id IS NULL
