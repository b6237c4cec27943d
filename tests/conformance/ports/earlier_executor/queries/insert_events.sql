-- Append to the history of jobs, for the holder of the fence.
-- Params: rows fence
INSERT INTO job_events (event_id, job_id, attempt, event, detail, "AT")
SELECT
    r.value:event_id::STRING,
    r.value:job_id::STRING,
    r.value:attempt::NUMBER,
    r.value:event::STRING,
    r.value:detail,
    r.value['at']::TIMESTAMP_NTZ
FROM TABLE(FLATTEN(INPUT => PARSE_JSON(:rows))) AS r
WHERE EXISTS (SELECT 1 FROM job_state WHERE request_id = '__leader__' AND fence = :fence)
