-- Why reports failed, and what to do.
CREATE OR REPLACE VIEW failures
    COPY GRANTS
    COMMENT = 'One row per job that ended without files: the cause, the remedy, the end of its log, and how often the cause struck within a week. Times are UTC.'
AS
SELECT
    job_id,
    report_type,
    business_date,
    status,
    finished_at,
    attempt,
    failure_class,
    cause_id,
    diagnosis,
    remedy,
    error,
    exit_code,
    log_tail,
    COUNT_IF(finished_at >= DATEADD('day', -7, SYSDATE())) OVER (PARTITION BY cause_id) AS same_cause_7d,
    MIN(finished_at) OVER (PARTITION BY cause_id) AS cause_first_seen,
    requested_by,
    task_arn,
    trace_id
FROM jobs
WHERE status IN ('FAILED', 'EXPIRED');
