-- Every hour: what the calendar expected within the last week and nobody asked for.
-- Switched off when it is new, because each run wakes the warehouse; ALTER TASK … RESUME switches it on.
ALTER TASK IF EXISTS missing_reports_task SUSPEND;

CREATE OR ALTER TASK missing_reports_task
    WAREHOUSE = {{ warehouse }}
    SCHEDULE = 'USING CRON 15 * * * * UTC'
    COMMENT = 'Every hour, if resumed: what the calendar expected within the last week and nobody asked for.'
AS
    CALL generate_missing_reports();
