-- The progress of some jobs: asked when fewer rows moved than were sent.
-- Params: request_ids
SELECT s.request_id, s.attempt, s.launch_try, s.status_rank
FROM job_state AS s
JOIN (SELECT value FROM TABLE(FLATTEN(INPUT => PARSE_JSON(:request_ids)))) AS r ON s.request_id = r.value::STRING
