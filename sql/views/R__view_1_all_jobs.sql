-- Every job, whoever looks: one row per job id, with where its files are or why there are none.
CREATE OR REPLACE VIEW all_jobs
    COPY GRANTS
    COMMENT = 'One row per job, whoever asked for it; the view jobs has the same columns and those rows that who looks may see. Times are UTC.'
AS
WITH latest_result AS (
    SELECT *
    FROM job_results
    QUALIFY ROW_NUMBER() OVER (PARTITION BY request_id ORDER BY attempt DESC, "AT" DESC) = 1
),
cancels AS (
    SELECT job_id, requested_by, MAX(enqueued_at) OVER (PARTITION BY job_id) AS last_at
    FROM job_intake
    WHERE kind = 'CANCEL'
    QUALIFY ROW_NUMBER() OVER (PARTITION BY job_id ORDER BY enqueued_at, request_id) = 1
),
-- What keeps every task from starting, while launches are held back for it.
held AS (
    SELECT
        breaker:cause_id::STRING AS cause_id, breaker:diagnosis::STRING AS diagnosis, breaker:remedy::STRING AS remedy
    FROM type_state
    WHERE report_type = '__launch__' AND breaker:phase::STRING IN ('open', 'half-open')
),
-- What became of the launch of a job that has no task: the newest answer in this attempt, or that there was none.
unlaunched AS (
    SELECT
        o.request_id, e.event, e.detail:cause_id::STRING AS cause_id, e.detail:remedy::STRING AS remedy,
        COALESCE(e.detail:diagnosis::STRING, e.detail:reason::STRING) AS says
    FROM job_state AS o
    JOIN job_events AS e ON e.job_id = o.job_id AND e.attempt = o.attempt
    WHERE o.status IN ('CLAIMED', 'RETRY_WAIT') AND o.launched_at IS NULL
        AND e.event IN ('launch_refused', 'launch_throttled', 'launch_unanswered')
    QUALIFY ROW_NUMBER() OVER (PARTITION BY o.request_id ORDER BY e."AT" DESC, e.event_id DESC) = 1
),
-- Why a job between two tries is not done yet; whatever stands here is a sentence.
so_far AS (
    SELECT
        request_id, cause_id, remedy, is_answer,
        says || IFF(RIGHT(says, 1) IN ('.', '!', '?', '…'), '', '.') AS says
    FROM (
        SELECT
            o.request_id, COALESCE(u.cause_id, o.cause_id) AS cause_id, u.remedy, u.event IS NOT NULL AS is_answer,
            RTRIM(CASE
                WHEN u.event = 'launch_throttled' THEN 'AWS asks for patience with its launch: ' || u.says
                WHEN u.event = 'launch_unanswered' THEN 'AWS has not answered its launch: ' || u.says
                WHEN u.event = 'launch_refused' THEN 'Its launch was refused: ' || u.says
                WHEN o.status = 'RETRY_WAIT' AND o.launched_at IS NULL
                    THEN 'Its launch was refused (' || o.cause_id || ')'
                ELSE r.diagnosis
            END) AS says
        FROM job_state AS o
        LEFT JOIN unlaunched AS u ON u.request_id = o.request_id
        LEFT JOIN latest_result AS r ON r.request_id = o.request_id
        WHERE o.status IN ('CLAIMED', 'RETRY_WAIT')
    ) AS said
),
-- What has or may have a task, by type; and how many of a type may, by its definition.
busy AS (
    SELECT i.report_type, COUNT(*) AS jobs
    FROM job_state AS o
    JOIN job_intake AS i ON i.request_id = o.request_id
    WHERE o.finished_at IS NULL AND o.status <> 'RETRY_WAIT' AND i.kind = 'RUN'
    GROUP BY i.report_type
),
type_caps AS (
    SELECT report_type, TRY_TO_NUMBER(definition:max_running::STRING) AS max_running
    FROM report_types
    QUALIFY ROW_NUMBER() OVER (PARTITION BY report_type ORDER BY version DESC) = 1
),
-- How many are at work in all. An executor that takes the lead, claims or writes leaves the time of it.
at_work AS (
    SELECT
        COALESCE(SUM(IFF(finished_at IS NULL AND status <> 'RETRY_WAIT', 1, 0)), 0) AS jobs,
        MAX(updated_at) AS written_at
    FROM job_state
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
    -- Until a container has run, or left something, nothing lies there.
    IFF(
        -- A path, because a manifest that there is not is a JSON null, which IS NULL does not know.
        s.started_at IS NULL AND r.exit_code IS NULL AND r.manifest:files IS NULL AND s.status <> 'SUCCEEDED',
        NULL, s.result_uri
    ) AS result_uri,
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
        WHEN COALESCE(s.status, 'RETRY_WAIT') = 'RETRY_WAIT' AND cancels.last_at >= i.enqueued_at
            THEN 'Cancelled by ' || COALESCE(cancels.requested_by, 'somebody') || ': the executor ends it when it looks next.'
        WHEN COALESCE(s.status, 'RETRY_WAIT') = 'RETRY_WAIT' AND COALESCE(
            IFF(every.report_type IS NULL OR own.asked_at >= every.asked_at, own.paused, every.paused), FALSE
        )
            THEN 'Its type is paused.'
        WHEN COALESCE(s.status, 'RETRY_WAIT') IN ('RETRY_WAIT', 'CLAIMED') AND held.diagnosis IS NOT NULL
            -- What held its own last try, where that is something else.
            THEN IFF(
                so_far.says IS NOT NULL AND (s.status = 'RETRY_WAIT' OR so_far.is_answer)
                    AND COALESCE(so_far.cause_id <> held.cause_id, TRUE),
                so_far.says || ' ', ''
            ) || 'Launches are held back but for one try at a time. ' || held.diagnosis
        WHEN s.status IS NULL AND i.not_before > SYSDATE()
            THEN 'It was asked for not before ' || TO_CHAR(i.not_before, 'YYYY-MM-DD HH24:MI:SS') || ' UTC.'
        WHEN s.status = 'RETRY_WAIT' AND s.due_at > SYSDATE()
            THEN COALESCE(so_far.says || ' ', '') || 'Its next try is due at '
                || TO_CHAR(s.due_at, 'YYYY-MM-DD HH24:MI:SS') || ' UTC.'
        WHEN COALESCE(s.status, 'RETRY_WAIT') = 'RETRY_WAIT' AND busy.jobs >= type_caps.max_running
            THEN 'No more than ' || type_caps.max_running || ' of its type may be at work at once, and '
                || busy.jobs || IFF(busy.jobs = 1, ' is.', ' are.')
        WHEN s.status IS NULL AND at_work.jobs > 0
            AND GREATEST(i.enqueued_at, COALESCE(i.not_before, i.enqueued_at)) < DATEADD('second', -60, SYSDATE())
            THEN 'It waits for room beside the ' || at_work.jobs || IFF(at_work.jobs = 1, ' job', ' jobs')
                || ' at work.'
        WHEN s.status IS NULL AND at_work.written_at < GREATEST(i.enqueued_at, COALESCE(i.not_before, i.enqueued_at))
            AND GREATEST(i.enqueued_at, COALESCE(i.not_before, i.enqueued_at)) < DATEADD('second', -60, SYSDATE())
            THEN 'No executor has written anything since '
                || TO_CHAR(at_work.written_at, 'YYYY-MM-DD HH24:MI:SS') || ' UTC: none seems to lead.'
        WHEN s.status = 'RETRY_WAIT' AND so_far.says IS NOT NULL THEN so_far.says || ' Its next try is due.'
        WHEN so_far.is_answer THEN so_far.says || ' It is being launched again.'
        ELSE COALESCE(r.diagnosis, 'Attempt ' || previous.attempt || ': ' || previous.diagnosis)
    END AS diagnosis,
    CASE
        WHEN s.status = 'EXPIRED'
            THEN 'See that an executor runs, then make it again with retry_report. REPORTING_MAX_QUEUE_AGE_S says how long a job may wait.'
        WHEN s.status = 'CANCELLED'
            THEN 'If it was a mistake, retry_report asks for the same report again.'
        WHEN COALESCE(s.status, 'RETRY_WAIT') = 'RETRY_WAIT' AND cancels.last_at >= i.enqueued_at
            THEN 'If it stays as it is, see that an executor runs.'
        WHEN COALESCE(s.status, 'RETRY_WAIT') = 'RETRY_WAIT' AND COALESCE(
            IFF(every.report_type IS NULL OR own.asked_at >= every.asked_at, own.paused, every.paused), FALSE
        )
            THEN 'resume_reports starts its jobs again; the view report_pauses says who paused them and when.'
        WHEN COALESCE(s.status, 'RETRY_WAIT') IN ('RETRY_WAIT', 'CLAIMED') AND held.diagnosis IS NOT NULL
            THEN held.remedy
        WHEN s.status = 'RETRY_WAIT' AND s.due_at > SYSDATE() AND s.launched_at IS NULL
            THEN IFF(
                CONTAINS(so_far.remedy, 'again by itself'),
                so_far.remedy, COALESCE(so_far.remedy || ' ', '') || 'It is launched again by itself.'
            )
        WHEN COALESCE(s.status, 'RETRY_WAIT') = 'RETRY_WAIT' AND busy.jobs >= type_caps.max_running
            AND COALESCE(i.not_before <= SYSDATE(), TRUE) AND COALESCE(s.due_at <= SYSDATE(), TRUE)
            THEN 'It begins when one of them ends; max_running of its definition says how many may be at work.'
        WHEN s.status IS NULL AND at_work.jobs > 0
            AND GREATEST(i.enqueued_at, COALESCE(i.not_before, i.enqueued_at)) < DATEADD('second', -60, SYSDATE())
            THEN 'REPORTING_MAX_RUNNING, REPORTING_MAX_RUNNING_PER_TYPE and REPORTING_MAX_RUNNING_PER_REQUESTER say how many jobs may be at work. If none of them moves, see that an executor runs.'
        WHEN s.status IS NULL AND at_work.written_at < GREATEST(i.enqueued_at, COALESCE(i.not_before, i.enqueued_at))
            AND GREATEST(i.enqueued_at, COALESCE(i.not_before, i.enqueued_at)) < DATEADD('second', -60, SYSDATE())
            THEN 'See that an executor runs for this queue (reporting run) and what its log says; reporting run --check tries its settings.'
        WHEN so_far.is_answer
            THEN IFF(
                CONTAINS(so_far.remedy, 'again by itself'),
                so_far.remedy,
                COALESCE(so_far.remedy || ' ', '')
                    || 'It is launched again by itself: every few seconds, and less often while AWS goes on refusing.'
            )
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
-- What an attempt left says nothing of the one after it.
LEFT JOIN latest_result AS r ON r.request_id = i.request_id AND r.attempt >= COALESCE(s.attempt, 0)
LEFT JOIN latest_result AS previous ON previous.request_id = i.request_id AND previous.attempt < s.attempt
LEFT JOIN cancels ON cancels.job_id = i.job_id
LEFT JOIN report_pauses AS own ON own.report_type = i.report_type
LEFT JOIN report_pauses AS every ON every.report_type = '*'
LEFT JOIN so_far ON so_far.request_id = i.request_id
LEFT JOIN held ON TRUE
LEFT JOIN busy ON busy.report_type = i.report_type
LEFT JOIN type_caps ON type_caps.report_type = i.report_type
CROSS JOIN at_work
WHERE i.kind = 'RUN'
QUALIFY ROW_NUMBER() OVER (
    PARTITION BY i.job_id
    ORDER BY IFF(s.status = 'DUPLICATE', 1, 0), IFF(s.status IS NULL, 1, 0), i.enqueued_at, i.request_id
) = 1;
