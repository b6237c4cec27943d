-- The stage through which links to reports are signed; it may reach what the storage integration allows.
-- Params: -
CREATE STAGE IF NOT EXISTS report_links
    URL = 's3://{{ bucket }}/reports/'
    STORAGE_INTEGRATION = {{ storage_integration }}
    COMMENT = 'The reports in S3, for report_url; nobody needs a privilege on it.'
