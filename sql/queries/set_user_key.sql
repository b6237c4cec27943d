-- Lets a program's user sign in with the private key that belongs to this public one.
-- Params: -
ALTER USER {{ user }} SET RSA_PUBLIC_KEY = '{{ public_key }}'
