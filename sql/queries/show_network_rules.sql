-- The network rules of the account.
-- Params: -
SHOW NETWORK RULES IN ACCOUNT
