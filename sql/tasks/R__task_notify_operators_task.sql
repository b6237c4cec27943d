-- Every quarter of an hour: tells operators of failed jobs, and reports that are late or will be.
-- Switched off when it is new, because each run wakes the warehouse; ALTER TASK … RESUME switches it on.
ALTER TASK IF EXISTS notify_operators_task SUSPEND;

CREATE OR ALTER TASK notify_operators_task
    WAREHOUSE = {{ warehouse }}
    SCHEDULE = 'USING CRON 5,20,35,50 * * * * UTC'
    COMMENT = 'Every quarter of an hour, if resumed: tells operators of failed jobs, and reports that are late or will be.'
AS
    CALL notify_operators();
