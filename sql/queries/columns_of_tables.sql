-- The columns of the tables that the role may see.
-- Params: -
SELECT table_name, column_name
FROM INFORMATION_SCHEMA.COLUMNS
WHERE table_schema = CURRENT_SCHEMA()
