-- The functions of the account that users have made.
-- Params: -
SHOW USER FUNCTIONS IN ACCOUNT
