-- What kind of user somebody is, and since when his key is set; everybody may ask for himself.
-- Params: -
DESCRIBE USER "{{ user }}"
