-- Asks for many reports at once, all or none. Each request is {report_type, params, options}; answers {enqueued, jobs} in their order.
CREATE OR REPLACE PROCEDURE generate_reports(requests ARRAY)
    COPY GRANTS
    RETURNS VARIANT
    LANGUAGE PYTHON
    RUNTIME_VERSION = '3.11'
    ARTIFACT_REPOSITORY = snowflake.snowpark.pypi_shared_repository
    PACKAGES = ('snowflake-snowpark-python', 'pydantic')
    IMPORTS = ('@procedure_code/{{ procedures_zip }}')
    HANDLER = 'snowpark_procs.handlers.generate_reports'
    COMMENT = 'Asks for many reports at once, all or none. requests holds up to 10,000 {report_type, params, options}; answers {requests, enqueued, jobs}, the jobs in their order.'
    EXECUTE AS OWNER;
