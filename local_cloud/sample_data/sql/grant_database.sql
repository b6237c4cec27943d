-- Who reads the sample data may enter the database.
-- Params: -
GRANT USAGE ON DATABASE {database} TO ROLE {reader}
