-- What the containers may do: use the warehouse. What they read is the account's own to grant.
-- The schema and the procedures' code are for compile_queries, which this role owns; no table of the queue is.
GRANT USAGE ON DATABASE {{ database }} TO ROLE report_runner;
GRANT USAGE ON SCHEMA {{ database }}.{{ schema }} TO ROLE report_runner;
GRANT READ ON STAGE procedure_code TO ROLE report_runner;
GRANT USAGE ON WAREHOUSE {{ warehouse }} TO ROLE report_runner;
