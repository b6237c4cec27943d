-- Let a task run no more by its schedule.
-- Params: -
ALTER TASK {{ task }} SUSPEND
