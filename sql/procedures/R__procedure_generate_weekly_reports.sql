-- Asks for every weekly report of the week (Monday to Sunday) of a day, last week by default.
CREATE OR REPLACE PROCEDURE generate_weekly_reports(week_of DATE DEFAULT NULL)
    COPY GRANTS
    RETURNS VARIANT
    LANGUAGE PYTHON
    RUNTIME_VERSION = '3.11'
    ARTIFACT_REPOSITORY = snowflake.snowpark.pypi_shared_repository
    PACKAGES = ('snowflake-snowpark-python', 'pydantic')
    IMPORTS = ('@procedure_code/{{ procedures_zip }}')
    HANDLER = 'snowpark_procs.handlers.generate_weekly_reports'
    COMMENT = 'Asks for every weekly report of the week (Monday to Sunday) of which week_of is a day, last week by default. A second call answers with the same jobs. Answers {cadence, from_date, business_date, enqueued, jobs}.'
    EXECUTE AS OWNER;
