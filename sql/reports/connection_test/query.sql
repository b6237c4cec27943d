-- Who and where the runner is in Snowflake, and what time it is there; counting rows takes a warehouse.
-- Params: -
SELECT CURRENT_ROLE() AS role,
       CURRENT_WAREHOUSE() AS warehouse,
       CURRENT_DATABASE() AS database,
       DATE_PART(EPOCH_MILLISECOND, SYSDATE()) AS epoch_ms,
       COUNT(*) AS counted
  FROM TABLE(GENERATOR(ROWCOUNT => 10))
