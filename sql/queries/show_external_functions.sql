-- The functions of the account that call the outside.
-- Params: -
SHOW EXTERNAL FUNCTIONS IN ACCOUNT
