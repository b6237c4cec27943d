-- Put steps of jobs back that the history does not tell; while there is no leader row, or for the holder of the fence.
-- Params: rows fence
INSERT INTO job_events (event_id, job_id, attempt, event, detail, "AT")
SELECT
    r.value:event_id::STRING,
    r.value:job_id::STRING,
    r.value:attempt::NUMBER,
    r.value:event::STRING,
    r.value:detail,
    r.value['at']::TIMESTAMP_NTZ
FROM (SELECT value FROM TABLE(FLATTEN(INPUT => PARSE_JSON(:rows)))) AS r
LEFT JOIN (
    SELECT job_id, attempt, event FROM job_events GROUP BY job_id, attempt, event
) AS known
    ON known.job_id = r.value:job_id::STRING AND known.attempt = r.value:attempt::NUMBER
    AND known.event = r.value:event::STRING
WHERE known.job_id IS NULL
    AND (
        EXISTS (SELECT 1 FROM job_state WHERE request_id = '__leader__' AND fence = :fence)
        OR NOT EXISTS (SELECT 1 FROM job_state WHERE request_id = '__leader__')
    )
