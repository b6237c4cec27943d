-- Every Sunday: forget jobs that ended longer ago than this installation keeps them (REPORTING_KEEP_DAYS).
-- Switched off when it is new, because what it forgets is gone; ALTER TASK … RESUME switches it on.
ALTER TASK IF EXISTS prune_history_task SUSPEND;

CREATE OR ALTER TASK prune_history_task
    WAREHOUSE = {{ warehouse }}
    SCHEDULE = 'USING CRON 30 3 * * 0 UTC'
    COMMENT = 'Every Sunday, if resumed: forgets jobs that ended longer ago than this installation keeps them.'
AS
    CALL prune_history({{ keep_days }});
