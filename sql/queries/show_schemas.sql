-- The schemas of a database.
-- Params: -
SHOW SCHEMAS IN DATABASE {{ database }}
