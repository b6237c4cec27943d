-- Who reads the sample data may read the tables of a schema.
-- Params: -
GRANT SELECT ON ALL TABLES IN SCHEMA {database}.{schema} TO ROLE {reader}
