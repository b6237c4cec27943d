-- What an operator may do: see everything; pause, resume and prune; suspend, resume and run the schedule's tasks.
GRANT ROLE report_requester TO ROLE report_operator;
GRANT SELECT ON TABLE job_intake TO ROLE report_operator;
GRANT SELECT ON TABLE job_state TO ROLE report_operator;
GRANT SELECT ON TABLE job_results TO ROLE report_operator;
GRANT SELECT ON TABLE job_events TO ROLE report_operator;
GRANT SELECT ON TABLE report_types TO ROLE report_operator;
GRANT SELECT ON TABLE type_state TO ROLE report_operator;
GRANT SELECT ON TABLE installation TO ROLE report_operator;
GRANT USAGE ON PROCEDURE pause_reports(STRING) TO ROLE report_operator;
GRANT USAGE ON PROCEDURE prune_history(NUMBER) TO ROLE report_operator;
GRANT USAGE ON PROCEDURE resume_reports(STRING) TO ROLE report_operator;
GRANT MONITOR, OPERATE ON TASK daily_reports_task TO ROLE report_operator;
GRANT MONITOR, OPERATE ON TASK weekly_executive_dashboard_task TO ROLE report_operator;
GRANT MONITOR, OPERATE ON TASK monthly_data_quality_task TO ROLE report_operator;
