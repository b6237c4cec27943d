-- The notification integrations that this role may use.
-- Params: -
SHOW NOTIFICATION INTEGRATIONS
