-- The present day in a time zone, by the database's clock.
-- Params: time_zone
SELECT TO_DATE(CONVERT_TIMEZONE('UTC', :time_zone, SYSDATE())) AS today
