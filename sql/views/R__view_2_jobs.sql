-- The jobs that who looks may see: his own, those of shared types, and for operators and the owner all.
-- Secure, because what a view hides must not be guessed from a filter that runs before its own.
CREATE OR REPLACE SECURE VIEW jobs
    COPY GRANTS
    COMMENT = 'One row per job that you may see (your own, those of shared types; operators see all): what was asked for, its status, where its files lie, or the cause and the remedy. Times are UTC.'
AS
SELECT
    job_id,
    report_type,
    status,
    business_date,
    params,
    options,
    report_version,
    priority,
    requested_by,
    source,
    enqueued_at,
    not_before,
    claimed_at,
    launched_at,
    started_at,
    finished_at,
    seconds_total,
    seconds_running,
    attempt,
    result_uri,
    files,
    rows_out,
    bytes_out,
    cpu,
    memory_mb,
    peak_memory_mb,
    cost_usd,
    queue_s,
    pull_s,
    run_s,
    exit_code,
    failure_class,
    cause_id,
    error,
    diagnosis,
    remedy,
    log_tail,
    task_arn,
    duplicate_of,
    retry_of,
    dedupe_key,
    trace_id,
    request_id,
    updated_at
FROM all_jobs
WHERE requested_by = CURRENT_USER()
    OR report_type IN (SELECT report_type FROM shared_types)
    OR IS_ROLE_IN_SESSION('REPORT_OPERATOR')
    -- Whose the schema is, and, because these are the roles active in them, the procedures with his rights.
    OR IS_ROLE_IN_SESSION('{{ deployer }}');
