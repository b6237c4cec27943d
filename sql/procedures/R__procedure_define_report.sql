-- Adds a version of a report type, or the type itself.
CREATE OR REPLACE PROCEDURE define_report(report_type STRING, definition OBJECT)
    COPY GRANTS
    RETURNS VARIANT
    LANGUAGE PYTHON
    RUNTIME_VERSION = '3.11'
    ARTIFACT_REPOSITORY = snowflake.snowpark.pypi_shared_repository
    PACKAGES = ('snowflake-snowpark-python', 'pydantic')
    IMPORTS = ('@procedure_code/{{ procedures_zip }}')
    HANDLER = 'snowpark_procs.handlers.define_report'
    COMMENT = 'Adds or changes a report type and answers {report_type, version, changed, message, columns, changes}: the definition becomes a new version, unless it equals the newest. Its queries are compiled with the rights of REPORT_RUNNER and not run. Everything wrong is told at once; docs/reference/report-definition.md has every key.'
    EXECUTE AS OWNER;
