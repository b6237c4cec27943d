-- The stages of a schema.
-- Params: -
SHOW STAGES IN SCHEMA {{ database }}.{{ schema }}
