-- Cancel what another session of the same user still runs; a session that has ended runs nothing.
-- Params: session_id
SELECT SYSTEM$CANCEL_ALL_QUERIES(:session_id)
