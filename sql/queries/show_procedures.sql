-- The procedures of the account.
-- Params: -
SHOW PROCEDURES IN ACCOUNT
