-- Asks for every report that the calendar expected within the last days and nobody asked for.
CREATE OR REPLACE PROCEDURE generate_missing_reports(days NUMBER DEFAULT 7)
    COPY GRANTS
    RETURNS VARIANT
    LANGUAGE PYTHON
    RUNTIME_VERSION = '3.11'
    ARTIFACT_REPOSITORY = snowflake.snowpark.pypi_shared_repository
    PACKAGES = ('snowflake-snowpark-python', 'pydantic')
    IMPORTS = ('@procedure_code/{{ procedures_zip }}')
    HANDLER = 'snowpark_procs.handlers.generate_missing_reports'
    COMMENT = 'Asks for every report that the calendar expected within the last days (1 to 100) and nobody asked for. Answers {days, enqueued, jobs}.'
    EXECUTE AS OWNER;
