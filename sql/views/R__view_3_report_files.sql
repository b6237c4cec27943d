-- The files of every report that was made: one row per file, with where it lies and what it holds.
CREATE OR REPLACE VIEW report_files
    COPY GRANTS
    COMMENT = 'One row per file of a SUCCEEDED job: its S3 URI, bytes, rows, SHA-256, content type. report_url makes links.'
AS
WITH made AS (
    SELECT
        jobs.job_id,
        jobs.report_type,
        jobs.business_date,
        jobs.finished_at,
        jobs.result_uri,
        latest.manifest
    FROM jobs
    JOIN (
        SELECT request_id, manifest
        FROM job_results
        QUALIFY ROW_NUMBER() OVER (PARTITION BY request_id ORDER BY attempt DESC, "AT" DESC) = 1
    ) AS latest ON latest.request_id = jobs.request_id
    WHERE jobs.status = 'SUCCEEDED'
)
SELECT
    made.job_id,
    made.report_type,
    made.business_date,
    made.finished_at,
    file.index AS position,
    file.value:name::STRING AS name,
    file.value:query::STRING AS query,
    file.value:format::STRING AS format,
    made.result_uri || file.value:name::STRING AS uri,
    file.value:bytes::NUMBER AS bytes,
    file.value['rows']::NUMBER AS row_count,
    file.value:sha256::STRING AS sha256,
    file.value:content_type::STRING AS content_type
FROM made,
    LATERAL FLATTEN(INPUT => made.manifest:files) AS file;
