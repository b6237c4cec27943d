-- Lets the role that owns the procedures use an integration.
-- Params: -
GRANT USAGE ON INTEGRATION {{ integration }} TO ROLE "{{ role }}"
