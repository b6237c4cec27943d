-- Lets the procedures ask which roles their caller has, so that an operator is known as one.
-- Params: -
GRANT READ SESSION ON ACCOUNT TO ROLE "{{ deployer }}"
