-- The integrations of external functions.
-- Params: -
SHOW API INTEGRATIONS
