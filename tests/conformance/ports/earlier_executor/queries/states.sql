-- What the queue says of these jobs: whether they were asked for, and how far they are.
-- Params: job_ids
SELECT
    w.value::STRING AS job_id,
    i.requests IS NOT NULL AS asked,
    s.request_id, s.fence, s.status, s.attempt, s.task_arn,
    s.launched_at IS NOT NULL AS launched
FROM (SELECT value FROM TABLE(FLATTEN(INPUT => PARSE_JSON(:job_ids)))) AS w
LEFT JOIN job_state AS s ON s.job_id = w.value::STRING AND s.status <> 'DUPLICATE'
LEFT JOIN (
    SELECT job_id, COUNT(*) AS requests FROM job_intake WHERE kind = 'RUN' GROUP BY job_id
) AS i ON i.job_id = w.value::STRING
