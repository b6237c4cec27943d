-- Asks for every monthly report of the month of a day, last month by default.
CREATE OR REPLACE PROCEDURE generate_monthly_reports(month DATE DEFAULT NULL)
    COPY GRANTS
    RETURNS VARIANT
    LANGUAGE PYTHON
    RUNTIME_VERSION = '3.11'
    ARTIFACT_REPOSITORY = snowflake.snowpark.pypi_shared_repository
    PACKAGES = ('snowflake-snowpark-python', 'pydantic')
    IMPORTS = ('@procedure_code/{{ procedures_zip }}')
    HANDLER = 'snowpark_procs.handlers.generate_monthly_reports'
    COMMENT = 'Asks for every monthly report of the month of which month is a day, last month by default. A second call answers with the same jobs. Answers {cadence, from_date, business_date, enqueued, jobs}.'
    EXECUTE AS OWNER;
