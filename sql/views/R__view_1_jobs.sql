-- Every job as its users see it: one row per job id, with where its files are or why there are none.
CREATE OR REPLACE VIEW jobs
    COPY GRANTS
    COMMENT = 'One row per job: what was asked for, its status, where its files lie, or the cause and the remedy. Times are UTC.'
AS
WITH latest_result AS (
    SELECT *
    FROM job_results
    QUALIFY ROW_NUMBER() OVER (PARTITION BY request_id ORDER BY attempt DESC, "AT" DESC) = 1
),
cancels AS (
    SELECT job_id, requested_by
    FROM job_intake
    WHERE kind = 'CANCEL'
    QUALIFY ROW_NUMBER() OVER (PARTITION BY job_id ORDER BY enqueued_at, request_id) = 1
),
-- What keeps every task from starting, while launches are held back for it.
held AS (
    SELECT breaker:diagnosis::STRING AS diagnosis, breaker:remedy::STRING AS remedy
    FROM type_state
    WHERE report_type = '__launch__' AND breaker:phase::STRING IN ('open', 'half-open')
)
SELECT
    i.job_id,
    i.report_type,
    COALESCE(s.status, 'QUEUED') AS status,
    i.business_date,
    i.params,
    i.options,
    i.report_version,
    i.priority,
    i.requested_by,
    i.source,
    i.enqueued_at,
    i.not_before,
    s.claimed_at,
    s.launched_at,
    s.started_at,
    s.finished_at,
    DATEDIFF('millisecond', i.enqueued_at, s.finished_at) / 1000 AS seconds_total,
    DATEDIFF('millisecond', s.started_at, s.finished_at) / 1000 AS seconds_running,
    COALESCE(s.attempt, 0) AS attempt,
    s.result_uri,
    COALESCE(r.manifest:file_count::NUMBER, ARRAY_SIZE(r.manifest:files)) AS files,
    s.rows_out,
    s.bytes_out,
    s.cpu,
    s.memory_mb,
    s.peak_memory_mb,
    s.cost_usd,
    DATEDIFF('millisecond', GREATEST(i.enqueued_at, COALESCE(i.not_before, i.enqueued_at)), s.started_at) / 1000
        AS queue_s,
    r.pull_s,
    DATEDIFF('millisecond', s.started_at, s.finished_at) / 1000 AS run_s,
    r.exit_code,
    s.failure_class,
    s.cause_id,
    r.error,
    CASE
        WHEN s.status = 'EXPIRED'
            THEN 'Nobody claimed it for longer than a job may wait: no executor ran, or it never had a free slot.'
        WHEN s.status IN ('CANCELLED', 'CANCELLING')
            THEN 'Cancelled by ' || COALESCE(cancels.requested_by, 'somebody') || '.'
        WHEN COALESCE(s.status, 'RETRY_WAIT') = 'RETRY_WAIT' AND COALESCE(
            IFF(every.report_type IS NULL OR own.asked_at >= every.asked_at, own.paused, every.paused), FALSE
        )
            THEN 'Its type is paused.'
        WHEN COALESCE(s.status, 'RETRY_WAIT') IN ('RETRY_WAIT', 'CLAIMED') AND held.diagnosis IS NOT NULL
            THEN 'Launches are held back but for one try at a time. ' || held.diagnosis
        ELSE r.diagnosis
    END AS diagnosis,
    CASE
        WHEN s.status = 'EXPIRED'
            THEN 'See that an executor runs, then make it again with retry_report. REPORTING_MAX_QUEUE_AGE_S says how long a job may wait.'
        WHEN s.status = 'CANCELLED'
            THEN 'If it was a mistake, retry_report asks for the same report again.'
        WHEN COALESCE(s.status, 'RETRY_WAIT') = 'RETRY_WAIT' AND COALESCE(
            IFF(every.report_type IS NULL OR own.asked_at >= every.asked_at, own.paused, every.paused), FALSE
        )
            THEN 'resume_reports starts its jobs again; the view report_pauses says who paused them and when.'
        WHEN COALESCE(s.status, 'RETRY_WAIT') IN ('RETRY_WAIT', 'CLAIMED') AND held.diagnosis IS NOT NULL
            THEN held.remedy
        ELSE r.remedy
    END AS remedy,
    r.log_tail,
    s.task_arn,
    s.duplicate_of,
    i.retry_of,
    i.dedupe_key,
    i.trace_id,
    i.request_id,
    s.updated_at
FROM job_intake AS i
LEFT JOIN job_state AS s ON s.request_id = i.request_id
LEFT JOIN latest_result AS r ON r.request_id = i.request_id
LEFT JOIN cancels ON cancels.job_id = i.job_id
LEFT JOIN report_pauses AS own ON own.report_type = i.report_type
LEFT JOIN report_pauses AS every ON every.report_type = '*'
LEFT JOIN held ON TRUE
WHERE i.kind = 'RUN'
QUALIFY ROW_NUMBER() OVER (
    PARTITION BY i.job_id
    ORDER BY IFF(s.status = 'DUPLICATE', 1, 0), IFF(s.status IS NULL, 1, 0), i.enqueued_at, i.request_id
) = 1;
