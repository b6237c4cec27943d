-- Asks for one report per period of the type that ended between two days, both included, at lower priority; what was asked for before is not asked for again.
CREATE OR REPLACE PROCEDURE backfill_reports(report_type STRING, from_date DATE, to_date DATE)
    COPY GRANTS
    RETURNS VARIANT
    LANGUAGE PYTHON
    RUNTIME_VERSION = '3.11'
    ARTIFACT_REPOSITORY = snowflake.snowpark.pypi_shared_repository
    PACKAGES = ('snowflake-snowpark-python', 'pydantic')
    IMPORTS = ('@procedure_code/{{ procedures_zip }}')
    HANDLER = 'snowpark_procs.handlers.backfill_reports'
    COMMENT = 'Asks for one report of report_type per period that ended between from_date and to_date, both included, at lower priority; what was asked for before is not asked for again. Answers {report_type, cadence, periods, enqueued, jobs}.'
    EXECUTE AS OWNER;
