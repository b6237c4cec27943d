-- Takes away an object of the earlier design.
-- Params: -
DROP {{ kind }} IF EXISTS {{ name }}
