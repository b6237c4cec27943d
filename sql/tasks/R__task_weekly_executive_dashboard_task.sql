-- Mondays at 08:00 UTC: the weekly reports of last week.
CREATE OR REPLACE TASK weekly_executive_dashboard_task
    WAREHOUSE = {{ warehouse }}
    SCHEDULE = 'USING CRON 0 8 * * 1 UTC'
    COMMENT = 'Mondays at 08:00 UTC: the weekly reports of last week.'
AS
    CALL generate_weekly_reports();

ALTER TASK weekly_executive_dashboard_task RESUME;
