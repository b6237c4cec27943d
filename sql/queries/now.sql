-- The database's clock, UTC.
-- Params: -
SELECT SYSDATE() AS now
