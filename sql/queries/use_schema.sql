-- Stand in a schema.
-- Params: -
USE SCHEMA {{ database }}.{{ schema }}
