-- A user of a program, which signs in without a password; made once, by whoever may create users.
-- Params: -
CREATE USER IF NOT EXISTS {{ user }} TYPE = SERVICE DEFAULT_ROLE = {{ role }} DEFAULT_WAREHOUSE = {{ warehouse }}
