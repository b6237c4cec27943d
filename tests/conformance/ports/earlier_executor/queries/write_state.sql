-- Move job states forward, never back, for the holder of the fence; a replay changes nothing.
-- Params: rows fence fence
MERGE INTO job_state AS s
USING (
    SELECT
        r.value:request_id::STRING AS request_id,
        r.value:status::STRING AS status,
        r.value:attempt::NUMBER AS attempt,
        r.value:launch_try::NUMBER AS launch_try,
        r.value:status_rank::NUMBER AS status_rank,
        r.value:due_in_s::FLOAT AS due_in_s,
        r.value:start_deadline_at::TIMESTAMP_NTZ AS start_deadline_at,
        r.value:deadline_at::TIMESTAMP_NTZ AS deadline_at,
        r.value:launch_token::STRING AS launch_token,
        r.value:launch_profile::STRING AS launch_profile,
        r.value:task_arn::STRING AS task_arn,
        r.value:capacity_provider::STRING AS capacity_provider,
        r.value:cpu::NUMBER AS cpu,
        r.value:memory_mb::NUMBER AS memory_mb,
        r.value:interruptions::NUMBER AS interruptions,
        r.value:refusals::NUMBER AS refusals,
        r.value:waits_since::TIMESTAMP_NTZ AS waits_since,
        r.value:user_failures::NUMBER AS user_failures,
        r.value:infra_failures::NUMBER AS infra_failures,
        r.value:launched_at::TIMESTAMP_NTZ AS launched_at,
        r.value:started_at::TIMESTAMP_NTZ AS started_at,
        r.value:finished_at::TIMESTAMP_NTZ AS finished_at,
        r.value:result_uri::STRING AS result_uri,
        r.value:failure_class::STRING AS failure_class,
        r.value:cause_id::STRING AS cause_id,
        r.value:cost_usd::FLOAT AS cost_usd,
        r.value:peak_memory_mb::FLOAT AS peak_memory_mb,
        r.value:rows_out::NUMBER AS rows_out,
        r.value:bytes_out::NUMBER AS bytes_out
    FROM TABLE(FLATTEN(INPUT => PARSE_JSON(:rows))) AS r
    WHERE EXISTS (SELECT 1 FROM job_state WHERE request_id = '__leader__' AND fence = :fence)
) AS n
ON s.request_id = n.request_id AND s.fence = :fence
WHEN MATCHED AND (
    n.attempt > s.attempt
    OR (n.attempt = s.attempt AND n.launch_try > s.launch_try)
    OR (n.attempt = s.attempt AND n.launch_try = s.launch_try AND n.status_rank > s.status_rank)
) THEN UPDATE SET
    status = n.status,
    attempt = n.attempt,
    launch_try = n.launch_try,
    status_rank = n.status_rank,
    due_at = DATEADD('millisecond', n.due_in_s * 1000, SYSDATE()),
    start_deadline_at = n.start_deadline_at,
    deadline_at = n.deadline_at,
    launch_token = n.launch_token,
    launch_profile = n.launch_profile,
    task_arn = n.task_arn,
    capacity_provider = n.capacity_provider,
    cpu = n.cpu,
    memory_mb = n.memory_mb,
    interruptions = n.interruptions,
    refusals = n.refusals,
    waits_since = n.waits_since,
    user_failures = n.user_failures,
    infra_failures = n.infra_failures,
    launched_at = n.launched_at,
    started_at = n.started_at,
    finished_at = n.finished_at,
    result_uri = n.result_uri,
    failure_class = n.failure_class,
    cause_id = n.cause_id,
    cost_usd = n.cost_usd,
    peak_memory_mb = n.peak_memory_mb,
    rows_out = n.rows_out,
    bytes_out = n.bytes_out,
    updated_at = SYSDATE()
