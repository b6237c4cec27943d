-- Claim due jobs for the holder of the fence, by priority and age; duplicates and overdue ones end on the way.
-- Params: fence slots claim_id claimed_rank ended_rank max_queue_age_s
MERGE INTO job_state AS s
USING (
    WITH leader AS (
        SELECT fence FROM job_state WHERE request_id = '__leader__' AND fence = :fence
    ),
    waiting AS (
        SELECT
            i.request_id, i.job_id, i.priority, i.enqueued_at, i.not_before, i.dedupe_key,
            GREATEST(i.enqueued_at, COALESCE(i.not_before, i.enqueued_at))
                < DATEADD('second', -:max_queue_age_s, SYSDATE()) AS overdue
        FROM job_intake AS i
        LEFT JOIN job_state AS known ON known.request_id = i.request_id
        WHERE i.kind = 'RUN' AND known.request_id IS NULL
    ),
    fresh AS (
        SELECT
            *,
            FIRST_VALUE(request_id) OVER (PARTITION BY job_id ORDER BY enqueued_at, request_id) AS first_of_job,
            FIRST_VALUE(job_id) OVER (
                PARTITION BY dedupe_key ORDER BY IFF(overdue, 1, 0), enqueued_at, request_id
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
            fresh.request_id, fresh.job_id, fresh.priority, fresh.enqueued_at, fresh.not_before, fresh.overdue,
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
    ended AS (
        SELECT request_id, job_id, IFF(duplicate_of IS NULL, 'EXPIRED', 'DUPLICATE') AS status, duplicate_of
        FROM judged
        WHERE duplicate_of IS NOT NULL OR overdue
    ),
    due AS (
        SELECT request_id, job_id, priority, enqueued_at
        FROM judged
        WHERE duplicate_of IS NULL AND NOT overdue AND (not_before IS NULL OR not_before <= SYSDATE())
        UNION ALL
        SELECT w.request_id, w.job_id, i.priority, i.enqueued_at
        FROM job_state AS w
        JOIN job_intake AS i ON i.request_id = w.request_id
        WHERE w.status = 'RETRY_WAIT' AND w.due_at <= SYSDATE()
    ),
    chosen AS (
        SELECT request_id, job_id, 'CLAIMED' AS status, NULL AS duplicate_of
        FROM due
        QUALIFY ROW_NUMBER() OVER (ORDER BY priority DESC, enqueued_at, request_id) <= :slots
        UNION ALL
        SELECT request_id, job_id, status, duplicate_of FROM ended
    )
    SELECT
        chosen.request_id, chosen.job_id, chosen.status, chosen.duplicate_of, leader.fence,
        :claim_id AS claim_id, :claimed_rank AS claimed_rank, :ended_rank AS ended_rank
    FROM chosen
    CROSS JOIN leader
) AS n
ON s.request_id = n.request_id
WHEN MATCHED AND s.status = 'RETRY_WAIT' THEN UPDATE SET
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
WHEN NOT MATCHED THEN INSERT (
    request_id, job_id, status, attempt, launch_try, status_rank, claim_id, fence, duplicate_of,
    user_failures, infra_failures, claimed_at, finished_at, updated_at
) VALUES (
    n.request_id, n.job_id, n.status, IFF(n.status = 'CLAIMED', 1, 0), 0,
    IFF(n.status = 'CLAIMED', n.claimed_rank, n.ended_rank), n.claim_id, n.fence, n.duplicate_of,
    0, 0, IFF(n.status = 'CLAIMED', SYSDATE(), NULL), IFF(n.status = 'CLAIMED', NULL, SYSDATE()), SYSDATE()
)
