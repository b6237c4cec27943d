-- Who reads the sample data may enter a schema of theirs.
-- Params: -
GRANT USAGE ON SCHEMA {database}.{schema} TO ROLE {reader}
