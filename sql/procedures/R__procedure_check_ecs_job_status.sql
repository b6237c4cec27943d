-- For callers of the earlier HTTP design: how far a job is.
CREATE OR REPLACE PROCEDURE check_ecs_job_status(job_id STRING)
    COPY GRANTS
    RETURNS VARIANT
    LANGUAGE PYTHON
    RUNTIME_VERSION = '3.11'
    ARTIFACT_REPOSITORY = snowflake.snowpark.pypi_shared_repository
    PACKAGES = ('snowflake-snowpark-python', 'pydantic')
    IMPORTS = ('@procedure_code/{{ procedures_zip }}')
    HANDLER = 'snowpark_procs.handlers.check_ecs_job_status'
    COMMENT = 'For callers of the earlier HTTP design: how far the job job_id is. Answers {status, job_id, message, tracking_id, estimated_completion, s3_output_location}. New code calls report_status.'
    EXECUTE AS OWNER;
