-- What the calendar expected and is not there: never asked for, or asked for and ended without files.
CREATE OR REPLACE VIEW missing_reports
    COPY GRANTS
    COMMENT = 'One row per report that the calendar expected and nobody made, with the CALL that makes it. Reports under way are not in it. Times are UTC.'
AS
WITH made_again AS (
    SELECT DISTINCT report_type, business_date
    FROM all_jobs
    WHERE source = 'retry_report' AND status NOT IN ('FAILED', 'CANCELLED', 'EXPIRED', 'DUPLICATE')
)
SELECT
    e.report_type,
    e.cadence,
    e.from_date,
    e.business_date,
    e.due_at,
    j.job_id,
    j.status,
    j.diagnosis,
    CASE
        WHEN j.job_id IS NOT NULL THEN 'CALL {{ schema }}.retry_report(''' || j.job_id || ''')'
        ELSE 'CALL {{ schema }}.backfill_reports(''' || e.report_type || ''', ''' || TO_CHAR(e.from_date, 'YYYY-MM-DD')
            || '''::DATE, ''' || TO_CHAR(e.business_date, 'YYYY-MM-DD') || '''::DATE)'
    END AS makes_it
FROM expected_reports AS e
LEFT JOIN all_jobs AS j ON j.job_id = e.job_id
LEFT JOIN made_again AS a ON a.report_type = e.report_type AND a.business_date = e.business_date
WHERE (j.job_id IS NULL OR j.status IN ('FAILED', 'CANCELLED', 'EXPIRED')) AND a.report_type IS NULL;
