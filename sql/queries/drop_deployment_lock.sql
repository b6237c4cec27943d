-- Give the lock of deployments back.
-- Params: -
DROP TABLE IF EXISTS deployment_lock
