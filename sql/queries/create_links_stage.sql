-- The stage through which links are signed and running reports looked at; it may reach what the integration allows.
-- Params: -
CREATE STAGE IF NOT EXISTS report_links
    URL = 's3://{{ bucket }}/reports/'
    STORAGE_INTEGRATION = {{ storage_integration }}
    COMMENT = 'The reports in S3, for report_url and report_status; nobody needs a privilege on it.'
