-- Every job that ended, pruned or not.
CREATE OR REPLACE VIEW job_history
    COPY GRANTS
    COMMENT = 'One narrow row per ended job, also of those that were pruned: for trends of time, size and cost. Times are UTC.'
AS
WITH ended AS (
    SELECT
        request_id, job_id, report_type, report_version, business_date, status, requested_by, source, retry_of,
        enqueued_at, started_at, finished_at, attempt, cpu, memory_mb, peak_memory_mb, cost_usd, rows_out, bytes_out,
        failure_class, cause_id
    FROM all_jobs
    WHERE status IN ('SUCCEEDED', 'FAILED', 'CANCELLED', 'EXPIRED')
    UNION ALL
    SELECT
        request_id, job_id, report_type, report_version, business_date, status, requested_by, source, retry_of,
        enqueued_at, started_at, finished_at, attempt, cpu, memory_mb, peak_memory_mb, cost_usd, rows_out, bytes_out,
        failure_class, cause_id
    FROM job_archive
)
SELECT
    job_id,
    report_type,
    report_version,
    business_date,
    status,
    requested_by,
    source,
    retry_of,
    enqueued_at,
    started_at,
    finished_at,
    DATEDIFF('millisecond', enqueued_at, finished_at) / 1000 AS seconds_total,
    DATEDIFF('millisecond', started_at, finished_at) / 1000 AS run_s,
    attempt,
    cpu,
    memory_mb,
    peak_memory_mb,
    cost_usd,
    rows_out,
    bytes_out,
    failure_class,
    cause_id,
    request_id
FROM ended
-- Between its archiving and its pruning a job is in both.
QUALIFY ROW_NUMBER() OVER (PARTITION BY request_id ORDER BY enqueued_at) = 1;
