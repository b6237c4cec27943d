-- What who asks for reports may do: call the procedures, which write with their owner's rights, and see the jobs.
GRANT USAGE ON DATABASE {{ database }} TO ROLE report_requester;
GRANT USAGE ON SCHEMA {{ database }}.{{ schema }} TO ROLE report_requester;
GRANT USAGE ON WAREHOUSE {{ warehouse }} TO ROLE report_requester;
GRANT SELECT ON VIEW jobs TO ROLE report_requester;
GRANT SELECT ON VIEW report_files TO ROLE report_requester;
GRANT SELECT ON VIEW report_pauses TO ROLE report_requester;
GRANT USAGE ON PROCEDURE cancel_report(STRING) TO ROLE report_requester;
GRANT USAGE ON PROCEDURE check_ecs_job_status(STRING) TO ROLE report_requester;
GRANT USAGE ON PROCEDURE generate_daily_reports(DATE) TO ROLE report_requester;
GRANT USAGE ON PROCEDURE generate_monthly_reports(DATE) TO ROLE report_requester;
GRANT USAGE ON PROCEDURE generate_report(STRING, OBJECT, OBJECT) TO ROLE report_requester;
GRANT USAGE ON PROCEDURE generate_report_via_ecs(STRING, STRING, VARIANT, STRING) TO ROLE report_requester;
GRANT USAGE ON PROCEDURE generate_sales_report_ecs(STRING, STRING, STRING) TO ROLE report_requester;
GRANT USAGE ON PROCEDURE generate_weekly_reports(DATE) TO ROLE report_requester;
GRANT USAGE ON PROCEDURE report_status(STRING) TO ROLE report_requester;
GRANT USAGE ON PROCEDURE report_url(STRING, NUMBER) TO ROLE report_requester;
GRANT USAGE ON PROCEDURE retry_report(STRING) TO ROLE report_requester;
GRANT USAGE ON PROCEDURE wait_for_report(STRING, NUMBER) TO ROLE report_requester;
