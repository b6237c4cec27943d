-- Links to a report's files, which work without signing in until they expire.
CREATE OR REPLACE PROCEDURE report_url(job_id STRING, expires_s NUMBER DEFAULT 3600)
    COPY GRANTS
    RETURNS VARIANT
    LANGUAGE PYTHON
    RUNTIME_VERSION = '3.11'
    ARTIFACT_REPOSITORY = snowflake.snowpark.pypi_shared_repository
    PACKAGES = ('snowflake-snowpark-python', 'pydantic')
    IMPORTS = ('@procedure_code/{{ procedures_zip }}')
    HANDLER = 'snowpark_procs.handlers.report_url'
    COMMENT = 'Answers {job_id, report_type, business_date, expires_s, expires_at, file_count, files}: each file of a SUCCEEDED job with a link that works for anybody who has it, for expires_s seconds (1 to 3600).'
    EXECUTE AS OWNER;
