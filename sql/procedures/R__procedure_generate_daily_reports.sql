-- Asks for every daily report of a day, yesterday by default.
CREATE OR REPLACE PROCEDURE generate_daily_reports(business_date DATE DEFAULT NULL)
    COPY GRANTS
    RETURNS VARIANT
    LANGUAGE PYTHON
    RUNTIME_VERSION = '3.11'
    ARTIFACT_REPOSITORY = snowflake.snowpark.pypi_shared_repository
    PACKAGES = ('snowflake-snowpark-python', 'pydantic')
    IMPORTS = ('@procedure_code/{{ procedures_zip }}')
    HANDLER = 'snowpark_procs.handlers.generate_daily_reports'
    COMMENT = 'Asks for every daily report of business_date, yesterday by default. A second call for the same day answers with the same jobs. Answers {cadence, from_date, business_date, enqueued, jobs}.'
    EXECUTE AS OWNER;
