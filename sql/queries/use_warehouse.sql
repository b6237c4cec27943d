-- Work with a warehouse.
-- Params: -
USE WAREHOUSE {{ warehouse }}
