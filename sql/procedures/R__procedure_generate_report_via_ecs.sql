-- For callers of the earlier HTTP design: asks for a report under an id of your own.
CREATE OR REPLACE PROCEDURE generate_report_via_ecs(job_id STRING, job_type STRING, input_data VARIANT, source STRING DEFAULT 'SNOWFLAKE')
    COPY GRANTS
    RETURNS VARIANT
    LANGUAGE PYTHON
    RUNTIME_VERSION = '3.11'
    ARTIFACT_REPOSITORY = snowflake.snowpark.pypi_shared_repository
    PACKAGES = ('snowflake-snowpark-python', 'pydantic')
    IMPORTS = ('@procedure_code/{{ procedures_zip }}')
    HANDLER = 'snowpark_procs.handlers.generate_report_via_ecs'
    COMMENT = 'For callers of the earlier HTTP design: asks for a report of job_type under the id job_id of your own, with input_data as its parameters; source is kept. Answers {status, job_id, message, tracking_id, estimated_completion, s3_output_location}. New code calls generate_report.'
    EXECUTE AS OWNER;
