-- How punctual the calendar's reports are, and which will be late before anybody asks.
CREATE OR REPLACE VIEW punctuality
    COPY GRANTS
    COMMENT = 'One row per report that the calendar expects: when it is due, when it was delivered, how many minutes late, and whether it will be late going by what its type usually takes. Times are UTC.'
AS
WITH known AS (
    SELECT job_id, report_type, business_date, source, status, finished_at
    FROM all_jobs
    UNION ALL
    SELECT job_id, report_type, business_date, source, status, finished_at
    FROM job_archive
),
deliveries AS (
    SELECT e.report_type, e.business_date, MIN(j.finished_at) AS delivered_at
    FROM expected_reports AS e
    JOIN known AS j ON j.report_type = e.report_type AND j.business_date = e.business_date
    WHERE j.status = 'SUCCEEDED' AND (j.job_id = e.job_id OR j.source = 'retry_report')
    GROUP BY e.report_type, e.business_date
),
usual AS (
    SELECT report_type, MEDIAN(seconds_total) AS seconds
    FROM all_jobs
    WHERE status = 'SUCCEEDED' AND finished_at >= DATEADD('day', -30, SYSDATE())
    GROUP BY report_type
),
again AS (
    -- A job that failed is made again under another id: that one's files will be the report's.
    SELECT report_type, business_date, MAX(enqueued_at) AS enqueued_at
    FROM all_jobs
    WHERE source = 'retry_report' AND finished_at IS NULL
    GROUP BY report_type, business_date
),
expected AS (
    SELECT
        e.report_type,
        e.cadence,
        e.business_date,
        e.job_id,
        COALESCE(j.status, IFF(d.delivered_at IS NULL, 'NOT ASKED FOR', 'SUCCEEDED')) AS status,
        e.due_at,
        d.delivered_at,
        IFF(
            j.status IN ('FAILED', 'EXPIRED', 'CANCELLED') AND a.enqueued_at IS NULL,
            NULL,
            GREATEST(
                SYSDATE(),
                DATEADD(
                    'second',
                    COALESCE(u.seconds, 0),
                    GREATEST(
                        COALESCE(a.enqueued_at, j.enqueued_at, SYSDATE()),
                        COALESCE(j.not_before, j.enqueued_at, SYSDATE())
                    )
                )
            )
        ) AS expected_at
    FROM expected_reports AS e
    LEFT JOIN all_jobs AS j ON j.job_id = e.job_id
    LEFT JOIN deliveries AS d ON d.report_type = e.report_type AND d.business_date = e.business_date
    LEFT JOIN usual AS u ON u.report_type = e.report_type
    LEFT JOIN again AS a ON a.report_type = e.report_type AND a.business_date = e.business_date
)
SELECT
    report_type,
    cadence,
    business_date,
    job_id,
    status,
    due_at,
    delivered_at,
    IFF(delivered_at IS NULL, expected_at, NULL) AS expected_at,
    DATEDIFF('second', due_at, delivered_at) / 60 AS minutes_late,
    COALESCE(COALESCE(delivered_at, SYSDATE()) > due_at, FALSE) AS late,
    COALESCE(
        delivered_at IS NULL AND SYSDATE() <= due_at AND (expected_at IS NULL OR expected_at > due_at), FALSE
    ) AS will_be_late
FROM expected;
