-- Starts no more jobs of a type, or of all types, until resume_reports.
CREATE OR REPLACE PROCEDURE pause_reports(report_type STRING DEFAULT NULL)
    COPY GRANTS
    RETURNS VARIANT
    LANGUAGE PYTHON
    RUNTIME_VERSION = '3.11'
    ARTIFACT_REPOSITORY = snowflake.snowpark.pypi_shared_repository
    PACKAGES = ('snowflake-snowpark-python', 'pydantic')
    IMPORTS = ('@procedure_code/{{ procedures_zip }}')
    HANDLER = 'snowpark_procs.handlers.pause_reports'
    COMMENT = 'Starts no more jobs of a type, or of all types without an argument, until resume_reports; what runs runs on. Answers {report_type, paused}.'
    EXECUTE AS OWNER;
