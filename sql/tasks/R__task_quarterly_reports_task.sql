-- On the first day of each quarter at 07:00 UTC: the quarterly reports of last quarter.
-- Altered, not replaced, so that grants stay; for that it must be suspended. The deployment resumes it afterwards,
-- unless an operator had suspended it.
ALTER TASK IF EXISTS quarterly_reports_task SUSPEND;

CREATE OR ALTER TASK quarterly_reports_task
    WAREHOUSE = {{ warehouse }}
    SCHEDULE = 'USING CRON 0 7 1 1,4,7,10 * UTC'
    COMMENT = 'On the first day of each quarter at 07:00 UTC: the quarterly reports of last quarter.'
AS
    CALL generate_quarterly_reports();
