-- Mondays at 08:00 UTC: the weekly reports of last week.
-- Altered, not replaced, so that grants stay; for that it must be suspended. The deployment resumes it afterwards,
-- unless an operator had suspended it.
ALTER TASK IF EXISTS weekly_executive_dashboard_task SUSPEND;

CREATE OR ALTER TASK weekly_executive_dashboard_task
    WAREHOUSE = {{ warehouse }}
    SCHEDULE = 'USING CRON 0 8 * * 1 UTC'
    COMMENT = 'Mondays at 08:00 UTC: the weekly reports of last week.'
AS
    CALL generate_weekly_reports();
