-- The roles of the product that are there.
-- Params: -
SHOW ROLES LIKE 'REPORT%'
