-- The warehouses that this role sees.
-- Params: -
SHOW WAREHOUSES
