-- Every day at 06:00 UTC: the daily reports of yesterday.
CREATE OR REPLACE TASK daily_reports_task
    WAREHOUSE = {{ warehouse }}
    SCHEDULE = 'USING CRON 0 6 * * * UTC'
    COMMENT = 'Every day at 06:00 UTC: the daily reports of yesterday.'
AS
    CALL generate_daily_reports();

ALTER TASK daily_reports_task RESUME;
