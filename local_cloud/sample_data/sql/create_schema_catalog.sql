-- The schema of what is sold.
-- Params: -
CREATE SCHEMA IF NOT EXISTS {database}.CATALOG
