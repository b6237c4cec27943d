-- Asks for a test of everything that a report's container needs to reach, and answers {job_id, status, duplicate_of}.
CREATE OR REPLACE PROCEDURE test_connection()
    COPY GRANTS
    RETURNS VARIANT
    LANGUAGE PYTHON
    RUNTIME_VERSION = '3.11'
    ARTIFACT_REPOSITORY = snowflake.snowpark.pypi_shared_repository
    PACKAGES = ('snowflake-snowpark-python', 'pydantic')
    IMPORTS = ('@procedure_code/{{ procedures_zip }}')
    HANDLER = 'snowpark_procs.handlers.test_connection'
    COMMENT = 'Runs a CONNECTION_TEST job: DNS, ports, TLS, sign-in, a query, a large result, S3 and clocks, tried from inside the container. Answers {job_id, status, duplicate_of}; the job is SUCCEEDED when all works, else its error and remedy name the first broken step.'
    EXECUTE AS OWNER;
