-- Drop the schema of an installation with everything in it, which UNDROP brings back for a day or so.
-- Params: -
DROP SCHEMA IF EXISTS {{ database }}.{{ schema }} CASCADE
