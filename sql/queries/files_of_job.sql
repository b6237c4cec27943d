-- The files of one job, in the order in which they were made.
-- Params: job_id
SELECT name, query, format, uri, bytes, row_count, sha256, content_type
FROM report_files
WHERE job_id = :job_id
ORDER BY position
