-- What who runs the installation may do: what an operator and an author do, and nothing of the executor's.
GRANT ROLE report_author TO ROLE report_admin;
GRANT ROLE report_operator TO ROLE report_admin;
