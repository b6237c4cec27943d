-- How long the last successful jobs of a type took from request to result; NULL when there were none.
-- Params: report_type
SELECT MEDIAN(seconds_total) AS seconds
FROM (
    SELECT seconds_total
    FROM all_jobs
    WHERE report_type = :report_type AND status = 'SUCCEEDED'
    ORDER BY finished_at DESC
    LIMIT 20
)
