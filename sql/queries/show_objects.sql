-- The tables and views of the schema that this role sees.
-- Params: -
SHOW OBJECTS
