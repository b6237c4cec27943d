-- Answers with the row of the view JOBS as an object; a duplicate answers with its original.
CREATE OR REPLACE PROCEDURE report_status(job_id STRING)
    COPY GRANTS
    RETURNS VARIANT
    LANGUAGE PYTHON
    RUNTIME_VERSION = '3.11'
    ARTIFACT_REPOSITORY = snowflake.snowpark.pypi_shared_repository
    PACKAGES = ('snowflake-snowpark-python', 'pydantic')
    IMPORTS = ('@procedure_code/{{ procedures_zip }}')
    HANDLER = 'snowpark_procs.handlers.report_status'
    COMMENT = 'Answers with the row of job_id in the view JOBS as an object, with progress in words while it is open, of a running job with its stage and rows; a duplicate answers with its original.'
    EXECUTE AS OWNER;
