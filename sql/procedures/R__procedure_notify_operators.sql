-- Tells operators, by one message, of each failed job, and each report that is late or will be, that they were not told of.
CREATE OR REPLACE PROCEDURE notify_operators()
    COPY GRANTS
    RETURNS VARIANT
    LANGUAGE PYTHON
    RUNTIME_VERSION = '3.11'
    ARTIFACT_REPOSITORY = snowflake.snowpark.pypi_shared_repository
    PACKAGES = ('snowflake-snowpark-python', 'pydantic')
    IMPORTS = ('@procedure_code/{{ procedures_zip }}')
    HANDLER = 'snowpark_procs.handlers.notify_operators'
    COMMENT = 'Tells operators, by one e-mail or SNS message, of each failed job, and each report that is late or will be, that they were not told of. Answers {told, jobs}.'
    EXECUTE AS OWNER;
