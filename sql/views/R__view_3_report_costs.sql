-- What reports cost, by type and month.
CREATE OR REPLACE VIEW report_costs
    COPY GRANTS
    COMMENT = 'One row per report type and month of the end of its jobs: how many, how long, what their tasks cost in USD. The warehouse is billed apart: see QUERY_TAG in its query history.'
AS
SELECT
    report_type,
    TO_DATE(DATE_TRUNC('month', finished_at)) AS month,
    COUNT(*) AS jobs,
    COUNT_IF(status = 'SUCCEEDED') AS succeeded,
    COUNT_IF(status = 'FAILED') AS failed,
    SUM(GREATEST(attempt - 1, 0)) AS extra_attempts,
    SUM(run_s) AS run_s,
    SUM(cost_usd) AS cost_usd,
    SUM(IFF(status = 'SUCCEEDED', NULL, cost_usd)) AS cost_usd_without_files,
    SUM(cost_usd) / NULLIF(COUNT_IF(status = 'SUCCEEDED'), 0) AS cost_usd_per_report,
    SUM(rows_out) AS rows_out,
    SUM(bytes_out) AS bytes_out
FROM job_history
GROUP BY report_type, TO_DATE(DATE_TRUNC('month', finished_at));
