-- How the queue is, in one row.
CREATE OR REPLACE VIEW queue_health
    COPY GRANTS
    COMMENT = 'One row: how many jobs wait and run, how long the oldest waits, how fast reports were made within the hour, who leads and when it wrote last, and a verdict in words. Times are UTC.'
AS
WITH counted AS (
    SELECT
        COUNT_IF(status = 'QUEUED' AND COALESCE(not_before, enqueued_at) <= SYSDATE()) AS queued,
        COUNT_IF(status = 'QUEUED' AND not_before > SYSDATE()) AS queued_for_later,
        COUNT_IF(status IN ('CLAIMED', 'LAUNCHED')) AS starting,
        COUNT_IF(status IN ('RUNNING', 'CANCELLING')) AS running,
        COUNT_IF(status = 'RETRY_WAIT') AS waiting_for_retry,
        COUNT_IF(status = 'SUCCEEDED' AND finished_at >= DATEADD('hour', -1, SYSDATE())) AS succeeded_last_hour,
        COUNT_IF(status = 'FAILED' AND finished_at >= DATEADD('hour', -1, SYSDATE())) AS failed_last_hour,
        MEDIAN(IFF(status = 'SUCCEEDED' AND finished_at >= DATEADD('hour', -1, SYSDATE()), queue_s, NULL))
            AS usual_queue_s_last_hour,
        MEDIAN(IFF(status = 'SUCCEEDED' AND finished_at >= DATEADD('hour', -1, SYSDATE()), run_s, NULL))
            AS usual_run_s_last_hour,
        MAX(IFF(status = 'SUCCEEDED' AND finished_at >= DATEADD('hour', -1, SYSDATE()), seconds_total, NULL))
            AS longest_total_s_last_hour,
        MAX(IFF(
            status = 'QUEUED',
            GREATEST(DATEDIFF('second', GREATEST(enqueued_at, COALESCE(not_before, enqueued_at)), SYSDATE()), 0),
            NULL
        )) AS oldest_queued_s
    FROM all_jobs
),
leader AS (
    SELECT MAX(IFF(request_id = '__leader__', holder, NULL)) AS leader, MAX(updated_at) AS last_write_at
    FROM job_state
),
paused AS (
    SELECT COUNT_IF(paused) AS paused_types FROM report_pauses
),
held AS (
    SELECT MAX(breaker:diagnosis::STRING) AS launches_held_because, MAX(breaker:remedy::STRING) AS remedy
    FROM type_state
    WHERE report_type = '__launch__' AND breaker:phase::STRING IN ('open', 'half-open')
)
SELECT
    c.queued,
    c.queued_for_later,
    c.starting,
    c.running,
    c.waiting_for_retry,
    c.oldest_queued_s,
    c.succeeded_last_hour,
    c.failed_last_hour,
    c.usual_queue_s_last_hour,
    c.usual_run_s_last_hour,
    c.longest_total_s_last_hour,
    p.paused_types,
    h.launches_held_because,
    l.leader,
    l.last_write_at,
    DATEDIFF('second', l.last_write_at, SYSDATE()) AS last_write_age_s,
    CASE
        WHEN l.leader IS NULL THEN 'No executor has ever led this queue: start one with reporting run.'
        WHEN h.launches_held_because IS NOT NULL
            THEN 'Launches are held back. ' || h.launches_held_because || COALESCE(' ' || h.remedy, '')
        WHEN c.queued > 0 AND p.paused_types > 0 AND c.starting + c.running = 0
            THEN 'Jobs wait and types are paused: see report_pauses.'
        WHEN c.oldest_queued_s > 300 AND l.last_write_at < DATEADD('second', -300, SYSDATE())
            THEN 'Jobs wait and nobody has written for five minutes: see that an executor runs.'
        WHEN c.oldest_queued_s > 300 THEN 'Jobs wait for longer than five minutes: more ask than REPORTING_MAX_RUNNING lets run.'
        WHEN c.queued + c.starting + c.running + c.waiting_for_retry > 0 THEN 'At work.'
        ELSE 'Idle.'
    END AS verdict
FROM counted AS c
CROSS JOIN leader AS l
CROSS JOIN paused AS p
CROSS JOIN held AS h;
