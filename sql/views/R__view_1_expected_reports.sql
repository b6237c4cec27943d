-- What the calendar expects: one row per enabled report type with a cadence, and per period that ended within 100 days.
-- The job id is the one that every CALL for the period answers with (contract.ids.calendar_job_id).
CREATE OR REPLACE VIEW expected_reports
    COPY GRANTS
    COMMENT = 'One row per report that the calendar expects, of periods that ended within the last 100 days and since its type was defined. due_at is UTC.'
AS
WITH types AS (
    SELECT
        report_type,
        definition:cadence::STRING AS cadence,
        definition:due::STRING AS due,
        COALESCE(definition:time_zone::STRING, 'UTC') AS time_zone,
        TO_DATE(CONVERT_TIMEZONE('UTC', COALESCE(definition:time_zone::STRING, 'UTC'), SYSDATE())) AS today,
        TO_DATE(CONVERT_TIMEZONE('UTC', COALESCE(definition:time_zone::STRING, 'UTC'), since)) AS first_expected
    FROM (
        SELECT report_type, definition, version, MIN(defined_at) OVER (PARTITION BY report_type) AS since
        FROM report_types
        QUALIFY ROW_NUMBER() OVER (PARTITION BY report_type ORDER BY version DESC) = 1
    )
    WHERE definition:cadence::STRING IS NOT NULL AND COALESCE(definition:enabled::BOOLEAN, TRUE)
),
days AS (
    SELECT DATEADD('day', 2 - ROW_NUMBER() OVER (ORDER BY SEQ4()), TO_DATE(SYSDATE())) AS day
    FROM TABLE(GENERATOR(ROWCOUNT => 102))
),
periods AS (
    SELECT
        t.report_type,
        t.cadence,
        t.time_zone,
        t.due,
        CASE t.cadence
            WHEN 'weekly' THEN DATEADD('day', -6, d.day)
            WHEN 'monthly' THEN TO_DATE(DATE_TRUNC('month', d.day))
            WHEN 'quarterly' THEN TO_DATE(DATE_TRUNC('quarter', d.day))
            ELSE d.day
        END AS from_date,
        d.day AS business_date
    FROM types AS t
    JOIN days AS d ON d.day < t.today AND d.day >= t.first_expected
    LEFT JOIN holidays AS h ON h.day = d.day
    WHERE CASE t.cadence
        WHEN 'daily' THEN TRUE
        WHEN 'business_days' THEN DAYOFWEEKISO(d.day) <= 5 AND h.day IS NULL
        WHEN 'weekly' THEN DAYOFWEEKISO(d.day) = 7
        WHEN 'monthly' THEN d.day = LAST_DAY(d.day)
        WHEN 'quarterly' THEN d.day = LAST_DAY(d.day, 'quarter')
        ELSE FALSE
    END
)
SELECT DISTINCT
    p.report_type,
    p.cadence,
    p.from_date,
    p.business_date,
    p.report_type || '_' || TO_CHAR(p.from_date, 'YYYY-MM-DD') || '_' || LEFT(
        SHA2(i.installation || CHR(31) || p.report_type || CHR(31) || TO_CHAR(p.from_date, 'YYYY-MM-DD'), 256), 12
    ) AS job_id,
    CONVERT_TIMEZONE(
        p.time_zone, 'UTC',
        TO_TIMESTAMP_NTZ(TO_CHAR(DATEADD('day', 1, p.business_date), 'YYYY-MM-DD') || ' ' || p.due || ':00')
    ) AS due_at
FROM periods AS p
CROSS JOIN installation AS i;
