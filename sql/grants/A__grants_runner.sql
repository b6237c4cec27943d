-- What the containers may do: use the warehouse. What they read is the account's own to grant.
GRANT USAGE ON DATABASE {{ database }} TO ROLE report_runner;
GRANT USAGE ON WAREHOUSE {{ warehouse }} TO ROLE report_runner;
