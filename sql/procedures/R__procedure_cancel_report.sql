-- Cancels a job and answers {job_id, status}.
CREATE OR REPLACE PROCEDURE cancel_report(job_id STRING)
    COPY GRANTS
    RETURNS VARIANT
    LANGUAGE PYTHON
    RUNTIME_VERSION = '3.11'
    ARTIFACT_REPOSITORY = snowflake.snowpark.pypi_shared_repository
    PACKAGES = ('snowflake-snowpark-python', 'pydantic')
    IMPORTS = ('@procedure_code/{{ procedures_zip }}')
    HANDLER = 'snowpark_procs.handlers.cancel_report'
    COMMENT = 'Cancels a job and answers {job_id, status}. The executor carries it out: what waits ends at once, a running task is stopped, and the job is CANCELLED when it has stopped. A report that was finished by then stays SUCCEEDED.'
    EXECUTE AS OWNER;
