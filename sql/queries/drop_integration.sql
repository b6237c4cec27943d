-- Drop the integration of an environment.
-- Params: -
DROP INTEGRATION IF EXISTS {{ integration }}
