-- Hands a message to a notification integration; it is sent later, and nobody hears whether it arrived.
-- Params: message, target
CALL SYSTEM$SEND_SNOWFLAKE_NOTIFICATION(:message, :target)
