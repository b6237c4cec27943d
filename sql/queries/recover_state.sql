-- Put states back of requests that have none; while there is no leader row, or for the holder of the fence.
-- Params: rows fence
INSERT INTO job_state (
    request_id, job_id, status, attempt, launch_try, status_rank, fence, task_arn, user_failures, infra_failures,
    interruptions, refusals, launched_at, started_at, finished_at, result_uri, failure_class, cause_id, peak_memory_mb,
    rows_out, bytes_out, updated_at
)
SELECT
    r.value:request_id::STRING,
    r.value:job_id::STRING,
    r.value:status::STRING,
    r.value:attempt::NUMBER,
    r.value:launch_try::NUMBER,
    r.value:status_rank::NUMBER,
    :fence,
    r.value:task_arn::STRING,
    r.value:user_failures::NUMBER,
    r.value:infra_failures::NUMBER,
    r.value:interruptions::NUMBER,
    r.value:refusals::NUMBER,
    r.value:launched_at::TIMESTAMP_NTZ,
    r.value:started_at::TIMESTAMP_NTZ,
    r.value:finished_at::TIMESTAMP_NTZ,
    r.value:result_uri::STRING,
    r.value:failure_class::STRING,
    r.value:cause_id::STRING,
    r.value:peak_memory_mb::FLOAT,
    r.value:rows_out::NUMBER,
    r.value:bytes_out::NUMBER,
    SYSDATE()
FROM (SELECT value FROM TABLE(FLATTEN(INPUT => PARSE_JSON(:rows)))) AS r
LEFT JOIN job_state AS known ON known.request_id = r.value:request_id::STRING
WHERE known.request_id IS NULL
    AND (
        EXISTS (SELECT 1 FROM job_state WHERE request_id = '__leader__' AND fence = :fence)
        OR NOT EXISTS (SELECT 1 FROM job_state WHERE request_id = '__leader__')
    )
