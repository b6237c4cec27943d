-- Asks for every quarterly report of the quarter that holds the given day, or of last quarter; a second call answers with the same jobs.
CREATE OR REPLACE PROCEDURE generate_quarterly_reports(quarter DATE DEFAULT NULL)
    COPY GRANTS
    RETURNS VARIANT
    LANGUAGE PYTHON
    RUNTIME_VERSION = '3.11'
    ARTIFACT_REPOSITORY = snowflake.snowpark.pypi_shared_repository
    PACKAGES = ('snowflake-snowpark-python', 'pydantic')
    IMPORTS = ('@procedure_code/{{ procedures_zip }}')
    HANDLER = 'snowpark_procs.handlers.generate_quarterly_reports'
    COMMENT = 'Asks for every quarterly report of the quarter of which quarter is a day, last quarter by default. A second call answers with the same jobs. Answers {cadence, from_date, business_date, enqueued, jobs}.'
    EXECUTE AS OWNER;
