-- What lets Snowflake reach the reports in S3; in an account an administrator makes it, once.
-- Params: -
CREATE STORAGE INTEGRATION IF NOT EXISTS {{ storage_integration }}
    TYPE = EXTERNAL_STAGE
    STORAGE_PROVIDER = 'S3'
    ENABLED = TRUE
    STORAGE_AWS_ROLE_ARN = '{{ role_arn }}'
    STORAGE_ALLOWED_LOCATIONS = ('s3://{{ bucket }}/reports/')
