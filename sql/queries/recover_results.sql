-- Put ended attempts back that no row tells of; while there is no leader row, or for the holder of the fence.
-- Params: rows fence
INSERT INTO job_results (
    request_id, job_id, attempt, exit_code, diagnosis, remedy, error, manifest, run_s, peak_memory_mb, "AT"
)
SELECT
    r.value:request_id::STRING,
    r.value:job_id::STRING,
    r.value:attempt::NUMBER,
    r.value:exit_code::NUMBER,
    r.value:diagnosis::STRING,
    r.value:remedy::STRING,
    r.value:error::STRING,
    r.value:manifest,
    r.value:run_s::FLOAT,
    r.value:peak_memory_mb::FLOAT,
    r.value['at']::TIMESTAMP_NTZ
FROM (SELECT value FROM TABLE(FLATTEN(INPUT => PARSE_JSON(:rows)))) AS r
LEFT JOIN job_results AS known
    ON known.request_id = r.value:request_id::STRING AND known.attempt = r.value:attempt::NUMBER
WHERE known.request_id IS NULL
    AND (
        EXISTS (SELECT 1 FROM job_state WHERE request_id = '__leader__' AND fence = :fence)
        OR NOT EXISTS (SELECT 1 FROM job_state WHERE request_id = '__leader__')
    )
