-- The schema of what happened.
-- Params: -
CREATE SCHEMA IF NOT EXISTS {database}.SALES
