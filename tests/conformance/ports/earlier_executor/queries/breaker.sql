-- The circuit breaker of launches, as the last leader left it.
-- Params: -
SELECT breaker FROM type_state WHERE report_type = '__launch__'
