-- The open transaction of the session, or NULL.
-- Params: -
SELECT CURRENT_TRANSACTION() AS transaction_id
