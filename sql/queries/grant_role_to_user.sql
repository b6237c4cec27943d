-- Gives a program's user one of the roles that it works with.
-- Params: -
GRANT ROLE {{ role }} TO USER {{ user }}
