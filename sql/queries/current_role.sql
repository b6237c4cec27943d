-- The role of this session.
-- Params: -
SELECT CURRENT_ROLE() AS current_role
