-- Keeps which notification integrations this installation uses; one that is NULL is not used.
-- Params: doorbell, operators, operators_by_mail
UPDATE installation
SET doorbell = :doorbell, operators = :operators, operators_by_mail = :operators_by_mail
