-- Drop the user of a program.
-- Params: -
DROP USER IF EXISTS {{ user }}
