-- Whether this session has the rights of a role, by itself or through another.
-- Params: role
SELECT IS_ROLE_IN_SESSION(:role) AS has_it
