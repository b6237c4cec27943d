-- For callers of the earlier HTTP design: asks for the sales report of a range of days.
CREATE OR REPLACE PROCEDURE generate_sales_report_ecs(start_date STRING, end_date STRING, job_id STRING DEFAULT NULL)
    COPY GRANTS
    RETURNS VARIANT
    LANGUAGE PYTHON
    RUNTIME_VERSION = '3.11'
    ARTIFACT_REPOSITORY = snowflake.snowpark.pypi_shared_repository
    PACKAGES = ('snowflake-snowpark-python', 'pydantic')
    IMPORTS = ('@procedure_code/{{ procedures_zip }}')
    HANDLER = 'snowpark_procs.handlers.generate_sales_report_ecs'
    COMMENT = 'For callers of the earlier HTTP design: asks for the sales report from start_date to end_date, under the id job_id or one of its own. Answers {status, job_id, message, tracking_id, estimated_completion, s3_output_location}. New code calls generate_report.'
    EXECUTE AS OWNER;
