-- The 1st of the month at 07:00 UTC: the monthly reports of last month.
CREATE OR REPLACE TASK monthly_data_quality_task
    WAREHOUSE = {{ warehouse }}
    SCHEDULE = 'USING CRON 0 7 1 * * UTC'
    COMMENT = 'The 1st of the month at 07:00 UTC: the monthly reports of last month.'
AS
    CALL generate_monthly_reports();

ALTER TASK monthly_data_quality_task RESUME;
