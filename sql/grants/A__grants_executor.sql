-- What the executor may do: read what is asked for, write states, append results and events; nothing else.
-- It deletes what `prune_history` was asked for, and from job_state double rows of one request.
GRANT USAGE ON DATABASE {{ database }} TO ROLE report_executor;
GRANT USAGE ON SCHEMA {{ database }}.{{ schema }} TO ROLE report_executor;
GRANT USAGE ON WAREHOUSE {{ warehouse }} TO ROLE report_executor;
GRANT SELECT ON TABLE installation TO ROLE report_executor;
GRANT SELECT ON TABLE report_types TO ROLE report_executor;
GRANT SELECT ON VIEW report_pauses TO ROLE report_executor;
GRANT SELECT, DELETE ON TABLE job_intake TO ROLE report_executor;
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE job_state TO ROLE report_executor;
GRANT SELECT, INSERT, DELETE ON TABLE job_results TO ROLE report_executor;
GRANT SELECT, INSERT, DELETE ON TABLE job_events TO ROLE report_executor;
GRANT SELECT, INSERT, UPDATE ON TABLE type_state TO ROLE report_executor;
GRANT SELECT, INSERT ON TABLE job_archive TO ROLE report_executor;
