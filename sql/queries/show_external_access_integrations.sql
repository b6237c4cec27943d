-- The integrations by which functions and procedures reach the outside.
-- Params: -
SHOW EXTERNAL ACCESS INTEGRATIONS
