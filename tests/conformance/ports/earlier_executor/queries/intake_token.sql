-- A token that differs after every change of the intake; answered without a warehouse.
-- Params: -
SELECT SYSTEM$LAST_CHANGE_COMMIT_TIME('job_intake') AS token
