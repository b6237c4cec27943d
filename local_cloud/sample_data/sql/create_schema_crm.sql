-- The schema of those who buy.
-- Params: -
CREATE SCHEMA IF NOT EXISTS {database}.CRM
