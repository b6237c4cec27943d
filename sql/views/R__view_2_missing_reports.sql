-- What the calendar expected and is not there: never asked for, or asked for and ended without files.
-- Secure, because what it hides of other people's jobs must not be guessed from a filter that runs before its own.
CREATE OR REPLACE SECURE VIEW missing_reports
    COPY GRANTS
    COMMENT = 'One row per report that the calendar expected and nobody made, with the CALL that makes it. Reports under way are not in it. The diagnosis of a job that you may not see is NULL. Times are UTC.'
AS
-- Every job with those that made it again, and with those that made them again.
WITH RECURSIVE retries (first_id, job_id) AS (
    SELECT retry_of, job_id
    FROM job_intake
    WHERE kind = 'RUN' AND retry_of IS NOT NULL
    UNION ALL
    SELECT r.first_id, i.job_id
    FROM retries AS r
    JOIN job_intake AS i ON i.retry_of = r.job_id
    WHERE i.kind = 'RUN'
),
made_again AS (
    SELECT DISTINCT r.first_id
    FROM retries AS r
    JOIN all_jobs AS j ON j.job_id = r.job_id
    WHERE j.status NOT IN ('FAILED', 'CANCELLED', 'EXPIRED', 'DUPLICATE')
),
-- Made, and forgotten by pruning: the archive remembers.
forgotten AS (
    SELECT DISTINCT e.job_id
    FROM expected_reports AS e
    JOIN job_archive AS h ON h.report_type = e.report_type AND h.business_date = e.business_date
    WHERE h.status = 'SUCCEEDED' AND (h.job_id = e.job_id OR h.source = 'retry_report')
)
SELECT
    e.report_type,
    e.cadence,
    e.from_date,
    e.business_date,
    e.due_at,
    j.job_id,
    j.status,
    IFF(
        j.requested_by = CURRENT_USER()
            OR s.report_type IS NOT NULL
            OR IS_ROLE_IN_SESSION('REPORT_OPERATOR')
            OR IS_ROLE_IN_SESSION('{{ deployer }}'),
        j.diagnosis, NULL
    ) AS diagnosis,
    CASE
        WHEN j.job_id IS NOT NULL THEN 'CALL {{ schema }}.retry_report(''' || j.job_id || ''')'
        ELSE 'CALL {{ schema }}.backfill_reports(''' || e.report_type || ''', ''' || TO_CHAR(e.from_date, 'YYYY-MM-DD')
            || '''::DATE, ''' || TO_CHAR(e.business_date, 'YYYY-MM-DD') || '''::DATE)'
    END AS makes_it
FROM expected_reports AS e
LEFT JOIN all_jobs AS j ON j.job_id = e.job_id
LEFT JOIN made_again AS a ON a.first_id = e.job_id
LEFT JOIN forgotten AS f ON f.job_id = e.job_id
LEFT JOIN shared_types AS s ON s.report_type = e.report_type
WHERE (j.job_id IS NULL OR j.status IN ('FAILED', 'CANCELLED', 'EXPIRED')) AND a.first_id IS NULL
    AND f.job_id IS NULL;
