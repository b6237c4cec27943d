-- The secrets of the account; their values are not shown.
-- Params: -
SHOW SECRETS IN ACCOUNT
