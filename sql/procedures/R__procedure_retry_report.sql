-- Makes an ended report again, as a new job that names the old one.
CREATE OR REPLACE PROCEDURE retry_report(job_id STRING)
    COPY GRANTS
    RETURNS VARIANT
    LANGUAGE PYTHON
    RUNTIME_VERSION = '3.11'
    ARTIFACT_REPOSITORY = snowflake.snowpark.pypi_shared_repository
    PACKAGES = ('snowflake-snowpark-python', 'pydantic')
    IMPORTS = ('@procedure_code/{{ procedures_zip }}')
    HANDLER = 'snowpark_procs.handlers.retry_report'
    COMMENT = 'Makes an ended report again and answers {job_id, status, duplicate_of, retry_of}: a new job with the same parameters and the newest definition of its type.'
    EXECUTE AS OWNER;
