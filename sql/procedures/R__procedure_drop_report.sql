-- Takes a report type out of use; its versions and jobs stay.
CREATE OR REPLACE PROCEDURE drop_report(report_type STRING)
    COPY GRANTS
    RETURNS VARIANT
    LANGUAGE PYTHON
    RUNTIME_VERSION = '3.11'
    ARTIFACT_REPOSITORY = snowflake.snowpark.pypi_shared_repository
    PACKAGES = ('snowflake-snowpark-python', 'pydantic')
    IMPORTS = ('@procedure_code/{{ procedures_zip }}')
    HANDLER = 'snowpark_procs.handlers.drop_report'
    COMMENT = 'Takes a report type out of use and answers {report_type, version, changed, message}. Jobs that were asked for are still made; define_report brings it back.'
    EXECUTE AS OWNER;
