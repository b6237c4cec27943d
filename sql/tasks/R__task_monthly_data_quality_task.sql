-- The 1st of the month at 07:00 UTC: the monthly reports of last month.
-- Altered, not replaced, so that grants stay; for that it must be suspended. The deployment resumes it afterwards,
-- unless an operator had suspended it.
ALTER TASK IF EXISTS monthly_data_quality_task SUSPEND;

CREATE OR ALTER TASK monthly_data_quality_task
    WAREHOUSE = {{ warehouse }}
    SCHEDULE = 'USING CRON 0 7 1 * * UTC'
    COMMENT = 'The 1st of the month at 07:00 UTC: the monthly reports of last month.'
AS
    CALL generate_monthly_reports();
