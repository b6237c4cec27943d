-- Who reads the sample data may read the views of a schema.
-- Params: -
GRANT SELECT ON ALL VIEWS IN SCHEMA {database}.{schema} TO ROLE {reader}
