-- How the executor looks whether there is work; may use no warehouse, so that a look never bills one.
CREATE ROLE IF NOT EXISTS report_probe COMMENT = 'Looks whether there is work; may use no warehouse.'
