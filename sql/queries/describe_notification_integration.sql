-- What a trust policy wants to know of a notification integration: Snowflake's own user, and the external id.
-- Params: -
DESCRIBE INTEGRATION {{ integration }}
