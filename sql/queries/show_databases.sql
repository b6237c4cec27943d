-- The databases that this role sees.
-- Params: -
SHOW DATABASES
