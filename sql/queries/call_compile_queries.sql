-- Compile queries with the rights of the containers.
-- Params: queries
CALL compile_queries(:queries)
