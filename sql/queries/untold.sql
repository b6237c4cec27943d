-- What went wrong lately and operators were not told of: jobs that failed, reports that are late or will be.
-- Foreseen is what comes too late going by what its type usually takes. A late report whose job failed is told as the
-- failure only.
-- Params: days, most
WITH failed AS (
    SELECT
        'FAILED' AS kind, 'failed' AS what, job_id, report_type, business_date, finished_at AS since,
        COALESCE(diagnosis, error, status) AS cause, IFF(diagnosis IS NULL, NULL, LEFT(error, 500)) AS error, remedy
    FROM all_jobs
    WHERE status IN ('FAILED', 'EXPIRED') AND finished_at >= DATEADD('day', -:days, SYSDATE())
),
late AS (
    SELECT
        'LATE' AS kind, IFF(late, 'is late', 'will be late') AS what, job_id, report_type, business_date, due_at AS since,
        IFF(
            late,
            'it was due and is ' || status,
            'it is ' || status || ', and expected at ' || TO_CHAR(expected_at, 'YYYY-MM-DD HH24:MI') || ' UTC'
        ) AS cause,
        NULL AS error,
        IFF(
            status = 'NOT ASKED FOR',
            'CALL generate_missing_reports() makes it',
            'SELECT * FROM queue_health says whether an executor works'
        ) AS remedy
    FROM punctuality
    WHERE (late OR will_be_late) AND delivered_at IS NULL AND status NOT IN ('FAILED', 'EXPIRED', 'CANCELLED')
        AND due_at >= DATEADD('day', -:days, SYSDATE())
)
SELECT w.kind, w.what, w.job_id, w.report_type, w.business_date, w.since, w.cause, w.error, w.remedy
FROM (SELECT * FROM failed UNION ALL SELECT * FROM late) AS w
LEFT JOIN notices AS n ON n.kind = w.kind AND n.job_id = w.job_id
WHERE n.job_id IS NULL
ORDER BY w.since, w.job_id
LIMIT :most
