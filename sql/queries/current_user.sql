-- The user of this session.
-- Params: -
SELECT CURRENT_USER() AS current_user
