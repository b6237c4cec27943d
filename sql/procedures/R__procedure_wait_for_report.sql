-- Waits until a job has ended, at most timeout_s seconds.
CREATE OR REPLACE PROCEDURE wait_for_report(job_id STRING, timeout_s NUMBER DEFAULT 600)
    COPY GRANTS
    RETURNS VARIANT
    LANGUAGE PYTHON
    RUNTIME_VERSION = '3.11'
    ARTIFACT_REPOSITORY = snowflake.snowpark.pypi_shared_repository
    PACKAGES = ('snowflake-snowpark-python', 'pydantic')
    IMPORTS = ('@procedure_code/{{ procedures_zip }}')
    HANDLER = 'snowpark_procs.handlers.wait_for_report'
    COMMENT = 'Waits until the job job_id has ended, at most timeout_s seconds, and answers as report_status does, with timed_out. It keeps the warehouse running meanwhile; SELECT status FROM jobs now and then costs less. Refuses inside an open transaction.'
    EXECUTE AS OWNER;
