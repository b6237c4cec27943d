-- How far the running attempt of a job is, as its container last kept it in S3.
-- The moment keeps Snowflake from answering with its result of the last time: that files were read anew, it nowhere says.
-- Params: -
SELECT $1 AS stage, $2 AS row_count, SYSDATE() AS read_at
FROM '@report_links/{{ prefix }}progress.txt'
LIMIT 1
