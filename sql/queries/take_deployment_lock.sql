-- Take the lock of deployments: of two that make one table, one is refused. It needs no row lock, and is seen by all.
-- Params: -
CREATE TABLE deployment_lock COMMENT = 'There while somebody deploys; dropped at the end.'
AS SELECT CURRENT_USER() AS holder, SYSDATE() AS since
