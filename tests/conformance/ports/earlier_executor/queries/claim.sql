-- Claim due jobs for the holder of the fence, fairly and within the caps; cancels, duplicates and overdue ones end on the way.
-- Params: fence slots per_type per_requester claim_id claimed_rank ended_rank max_queue_age_s
MERGE INTO job_state AS s
USING (
    WITH leader AS (
        SELECT fence FROM job_state WHERE request_id = '__leader__' AND fence = :fence
    ),
    -- What somebody cancelled; a cancel counts for what was asked for before it.
    cancels AS (
        SELECT job_id, MAX(enqueued_at) AS asked_at FROM job_intake WHERE kind = 'CANCEL' GROUP BY job_id
    ),
    -- Requests that have no state yet.
    waiting AS (
        SELECT
            i.request_id, i.job_id, i.report_type, i.requested_by, COALESCE(i.priority, 0) AS priority,
            i.enqueued_at, i.not_before, i.dedupe_key, cancels.job_id IS NOT NULL AS cancelled,
            GREATEST(i.enqueued_at, COALESCE(i.not_before, i.enqueued_at))
                < DATEADD('second', -:max_queue_age_s, SYSDATE()) AS overdue
        FROM job_intake AS i
        LEFT JOIN job_state AS known ON known.request_id = i.request_id
        LEFT JOIN cancels ON cancels.job_id = i.job_id AND cancels.asked_at >= i.enqueued_at
        WHERE i.kind = 'RUN' AND known.request_id IS NULL
        QUALIFY ROW_NUMBER() OVER (PARTITION BY i.request_id ORDER BY i.enqueued_at) = 1
    ),
    -- Of several requests for one job or one dedupe key the first is the job.
    fresh AS (
        SELECT
            *,
            FIRST_VALUE(request_id) OVER (PARTITION BY job_id ORDER BY enqueued_at, request_id) AS first_of_job,
            FIRST_VALUE(job_id) OVER (
                PARTITION BY dedupe_key ORDER BY IFF(overdue OR cancelled, 1, 0), enqueued_at, request_id
            ) AS first_of_key
        FROM waiting
    ),
    known_jobs AS (
        SELECT job_id FROM job_state WHERE job_id IS NOT NULL GROUP BY job_id
    ),
    open_keys AS (
        SELECT i.dedupe_key, MIN(i.job_id) AS job_id
        FROM job_state AS o
        JOIN job_intake AS i ON i.request_id = o.request_id
        WHERE o.finished_at IS NULL AND i.dedupe_key IS NOT NULL
        GROUP BY i.dedupe_key
    ),
    judged AS (
        SELECT
            fresh.*,
            CASE
                WHEN known_jobs.job_id IS NOT NULL OR fresh.first_of_job <> fresh.request_id THEN fresh.job_id
                WHEN fresh.dedupe_key IS NULL THEN NULL
                WHEN open_keys.job_id IS NOT NULL THEN open_keys.job_id
                WHEN fresh.first_of_key <> fresh.job_id THEN fresh.first_of_key
            END AS duplicate_of
        FROM fresh
        LEFT JOIN known_jobs ON known_jobs.job_id = fresh.job_id
        LEFT JOIN open_keys ON open_keys.dedupe_key = fresh.dedupe_key
    ),
    -- Requests that end without running.
    ended AS (
        SELECT
            request_id, job_id, duplicate_of,
            CASE
                WHEN duplicate_of IS NOT NULL THEN 'DUPLICATE'
                WHEN cancelled THEN 'CANCELLED'
                ELSE 'EXPIRED'
            END AS status
        FROM judged
        WHERE duplicate_of IS NOT NULL OR cancelled OR overdue
    ),
    -- Jobs at work or between two tries, with what their claim and their cancel depend on.
    open_jobs AS (
        SELECT
            o.request_id, o.job_id, o.status, o.due_at, i.report_type, i.requested_by,
            COALESCE(i.priority, 0) AS priority, i.enqueued_at, cancels.job_id IS NOT NULL AS cancelled
        FROM job_state AS o
        JOIN job_intake AS i ON i.request_id = o.request_id
        LEFT JOIN cancels ON cancels.job_id = o.job_id AND cancels.asked_at >= i.enqueued_at
        WHERE o.finished_at IS NULL AND i.kind = 'RUN'
    ),
    -- What waits ends at once; what may have a task is to be stopped first.
    cancelled_jobs AS (
        SELECT
            request_id, job_id, NULL AS duplicate_of,
            IFF(status = 'RETRY_WAIT', 'CANCELLED', 'CANCELLING') AS status
        FROM open_jobs
        WHERE cancelled AND status IN ('RETRY_WAIT', 'CLAIMED', 'LAUNCHED', 'RUNNING')
    ),
    type_caps AS (
        SELECT report_type, TRY_TO_NUMBER(definition:max_running::STRING) AS max_running
        FROM report_types
        QUALIFY ROW_NUMBER() OVER (PARTITION BY report_type ORDER BY version DESC) = 1
    ),
    busy_types AS (
        SELECT report_type, COUNT(*) AS jobs FROM open_jobs WHERE status <> 'RETRY_WAIT' GROUP BY report_type
    ),
    busy_requesters AS (
        SELECT requested_by, COUNT(*) AS jobs FROM open_jobs WHERE status <> 'RETRY_WAIT' GROUP BY requested_by
    ),
    due AS (
        SELECT request_id, job_id, report_type, requested_by, priority, enqueued_at
        FROM judged
        WHERE duplicate_of IS NULL AND NOT cancelled AND NOT overdue
            AND (not_before IS NULL OR not_before <= SYSDATE())
        UNION ALL
        SELECT request_id, job_id, report_type, requested_by, priority, enqueued_at
        FROM open_jobs
        WHERE status = 'RETRY_WAIT' AND NOT cancelled AND due_at <= SYSDATE()
    ),
    -- Due jobs whose type has room and is not paused, by the last word on it or on all ('*'), and whose requester has room.
    allowed AS (
        SELECT
            due.*,
            COALESCE(type_caps.max_running, :per_type) AS type_cap,
            COALESCE(busy_types.jobs, 0) AS of_type,
            COALESCE(busy_requesters.jobs, 0) AS of_requester
        FROM due
        LEFT JOIN type_caps ON type_caps.report_type = due.report_type
        LEFT JOIN busy_types ON busy_types.report_type = due.report_type
        LEFT JOIN busy_requesters ON busy_requesters.requested_by = due.requested_by
        LEFT JOIN report_pauses AS own ON own.report_type = due.report_type
        LEFT JOIN report_pauses AS every ON every.report_type = '*'
        WHERE COALESCE(busy_types.jobs, 0) < COALESCE(type_caps.max_running, :per_type)
            AND COALESCE(busy_requesters.jobs, 0) < :per_requester
            AND NOT COALESCE(
                IFF(every.report_type IS NULL OR own.asked_at >= every.asked_at, own.paused, every.paused), FALSE
            )
    ),
    -- Types of one priority take turns: the next turn is that of the type with the fewest jobs at work and before it.
    in_turn AS (
        SELECT
            *,
            of_type + ROW_NUMBER() OVER (
                PARTITION BY priority, report_type ORDER BY enqueued_at, request_id
            ) AS turn
        FROM allowed
    ),
    within_requesters AS (
        SELECT *
        FROM in_turn
        QUALIFY of_requester + ROW_NUMBER() OVER (
            PARTITION BY requested_by ORDER BY priority DESC, turn, enqueued_at, request_id
        ) <= :per_requester
    ),
    within_types AS (
        SELECT *
        FROM within_requesters
        QUALIFY of_type + ROW_NUMBER() OVER (
            PARTITION BY report_type ORDER BY priority DESC, turn, enqueued_at, request_id
        ) <= type_cap
    ),
    chosen AS (
        SELECT request_id, job_id, 'CLAIMED' AS status, NULL AS duplicate_of
        FROM within_types
        QUALIFY ROW_NUMBER() OVER (ORDER BY priority DESC, turn, enqueued_at, request_id) <= :slots
        UNION ALL
        SELECT request_id, job_id, status, duplicate_of FROM ended
        UNION ALL
        SELECT request_id, job_id, status, duplicate_of FROM cancelled_jobs
    )
    SELECT
        chosen.request_id, chosen.job_id, chosen.status, chosen.duplicate_of, leader.fence,
        :claim_id AS claim_id, :claimed_rank AS claimed_rank, :ended_rank AS ended_rank
    FROM chosen
    CROSS JOIN leader
    -- Whatever lies doubled in the intake or the state: a MERGE takes one row for each.
    QUALIFY ROW_NUMBER() OVER (PARTITION BY chosen.request_id ORDER BY chosen.status) = 1
) AS n
ON s.request_id = n.request_id
WHEN MATCHED AND s.status = 'RETRY_WAIT' AND n.status = 'CLAIMED' THEN UPDATE SET
    status = 'CLAIMED',
    status_rank = n.claimed_rank,
    attempt = IFF(s.launched_at IS NULL, s.attempt, s.attempt + 1),
    launch_try = IFF(s.launched_at IS NULL, s.launch_try + 1, 0),
    claim_id = n.claim_id,
    fence = n.fence,
    due_at = NULL,
    start_deadline_at = NULL,
    deadline_at = NULL,
    launch_token = NULL,
    launch_profile = NULL,
    task_arn = NULL,
    claimed_at = SYSDATE(),
    launched_at = NULL,
    started_at = NULL,
    result_uri = NULL,
    failure_class = NULL,
    cause_id = NULL,
    updated_at = SYSDATE()
WHEN MATCHED AND s.status = 'RETRY_WAIT' AND n.status = 'CANCELLED' THEN UPDATE SET
    status = 'CANCELLED',
    status_rank = n.ended_rank,
    claim_id = n.claim_id,
    fence = n.fence,
    due_at = NULL,
    finished_at = SYSDATE(),
    updated_at = SYSDATE()
-- The rank stays: what the executor knows of the task, and has not written yet, is still to arrive.
WHEN MATCHED AND s.status IN ('CLAIMED', 'LAUNCHED', 'RUNNING') AND n.status = 'CANCELLING' THEN UPDATE SET
    status = 'CANCELLING',
    claim_id = n.claim_id,
    updated_at = SYSDATE()
WHEN NOT MATCHED THEN INSERT (
    request_id, job_id, status, attempt, launch_try, status_rank, claim_id, fence, duplicate_of,
    user_failures, infra_failures, claimed_at, finished_at, updated_at
) VALUES (
    n.request_id, n.job_id, n.status, IFF(n.status = 'CLAIMED', 1, 0), 0,
    IFF(n.status = 'CLAIMED', n.claimed_rank, n.ended_rank), n.claim_id, n.fence, n.duplicate_of,
    0, 0, IFF(n.status = 'CLAIMED', SYSDATE(), NULL), IFF(n.status = 'CLAIMED', NULL, SYSDATE()), SYSDATE()
)
