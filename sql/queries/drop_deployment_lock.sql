-- Give the lock of deployments back, or take away one that was set aside.
-- Params: -
DROP TABLE IF EXISTS {{ lock }}
