-- Seconds until a waiting job is due, 0 or less when one is; NULL when none waits that may be claimed at all.
-- Params: -
-- Nothing wakes the executor for a job of a paused type: its resumption does.
WITH waiting AS (
    SELECT COALESCE(s.due_at, i.not_before, i.enqueued_at) AS due_at
    FROM job_intake AS i
    LEFT JOIN job_state AS s ON s.request_id = i.request_id
    LEFT JOIN report_pauses AS own ON own.report_type = i.report_type
    LEFT JOIN report_pauses AS every ON every.report_type = '*'
    WHERE i.kind = 'RUN'
        AND (s.request_id IS NULL OR s.status = 'RETRY_WAIT')
        AND NOT COALESCE(
            IFF(every.report_type IS NULL OR own.asked_at >= every.asked_at, own.paused, every.paused), FALSE
        )
),
-- A cancel that an older write of the executor's has overtaken.
cancelled AS (
    SELECT c.enqueued_at AS due_at
    FROM job_intake AS c
    JOIN job_intake AS i ON i.job_id = c.job_id AND i.kind = 'RUN' AND c.enqueued_at >= i.enqueued_at
    JOIN job_state AS s ON s.request_id = i.request_id
    WHERE c.kind = 'CANCEL' AND s.status IN ('RETRY_WAIT', 'CLAIMED', 'LAUNCHED', 'RUNNING')
)
SELECT MIN(DATEDIFF('millisecond', SYSDATE(), due_at)) / 1000 AS seconds
FROM (SELECT due_at FROM waiting UNION ALL SELECT due_at FROM cancelled)
