-- Starts jobs of a type, or of all types, again.
CREATE OR REPLACE PROCEDURE resume_reports(report_type STRING DEFAULT NULL)
    COPY GRANTS
    RETURNS VARIANT
    LANGUAGE PYTHON
    RUNTIME_VERSION = '3.11'
    ARTIFACT_REPOSITORY = snowflake.snowpark.pypi_shared_repository
    PACKAGES = ('snowflake-snowpark-python', 'pydantic')
    IMPORTS = ('@procedure_code/{{ procedures_zip }}')
    HANDLER = 'snowpark_procs.handlers.resume_reports'
    COMMENT = 'Starts jobs of a type, or of all types without an argument, again. Answers {report_type, paused}.'
    EXECUTE AS OWNER;
