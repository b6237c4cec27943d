-- No other role of the user lends its privileges to this session.
-- Params: -
USE SECONDARY ROLES NONE
