-- The tasks of the schema, with their state.
-- Params: -
SHOW TASKS
