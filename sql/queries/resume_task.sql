-- Let a task run by its schedule.
-- Params: -
ALTER TASK {{ task }} RESUME
