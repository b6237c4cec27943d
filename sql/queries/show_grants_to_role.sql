-- What a role was granted.
-- Params: -
SHOW GRANTS TO ROLE "{{ role }}"
