-- Every day at 06:00 UTC: the daily reports of yesterday.
-- Altered, not replaced, so that grants stay; for that it must be suspended. The deployment resumes it afterwards,
-- unless an operator had suspended it.
ALTER TASK IF EXISTS daily_reports_task SUSPEND;

CREATE OR ALTER TASK daily_reports_task
    WAREHOUSE = {{ warehouse }}
    SCHEDULE = 'USING CRON 0 6 * * * UTC'
    COMMENT = 'Every day at 06:00 UTC: the daily reports of yesterday.'
AS
    CALL generate_daily_reports();
