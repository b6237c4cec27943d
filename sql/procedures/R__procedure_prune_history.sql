-- Forgets jobs that ended more than keep_days days ago.
CREATE OR REPLACE PROCEDURE prune_history(keep_days NUMBER)
    COPY GRANTS
    RETURNS VARIANT
    LANGUAGE PYTHON
    RUNTIME_VERSION = '3.11'
    ARTIFACT_REPOSITORY = snowflake.snowpark.pypi_shared_repository
    PACKAGES = ('snowflake-snowpark-python', 'pydantic')
    IMPORTS = ('@procedure_code/{{ procedures_zip }}')
    HANDLER = 'snowpark_procs.handlers.prune_history'
    COMMENT = 'Forgets jobs that ended more than keep_days days ago, with their results and history; files in S3 stay. The executor carries it out. Answers {keep_days, request_id}.'
    EXECUTE AS OWNER;
