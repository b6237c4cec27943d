-- The notification integrations of this installation: the executor's doorbell, and the operators', by e-mail or not.
-- Params: -
SELECT doorbell, operators, operators_by_mail FROM installation
