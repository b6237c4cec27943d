-- Asks for one report and answers {job_id, status, duplicate_of}.
CREATE OR REPLACE PROCEDURE generate_report(report_type STRING, params OBJECT DEFAULT OBJECT_CONSTRUCT(), options OBJECT DEFAULT OBJECT_CONSTRUCT())
    COPY GRANTS
    RETURNS VARIANT
    LANGUAGE PYTHON
    RUNTIME_VERSION = '3.11'
    ARTIFACT_REPOSITORY = snowflake.snowpark.pypi_shared_repository
    PACKAGES = ('snowflake-snowpark-python', 'pydantic')
    IMPORTS = ('@procedure_code/{{ procedures_zip }}')
    HANDLER = 'snowpark_procs.handlers.generate_report'
    COMMENT = 'Asks for one report of report_type with params, by their names in its definition, and answers {job_id, status, duplicate_of}. options: formats, priority, not_before, dedupe_key, business_date, cpu, memory, capacity, timeout_s, max_attempts.'
    EXECUTE AS OWNER;
