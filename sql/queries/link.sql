-- A link to a file of a report that works without signing in until it expires.
-- Params: path expires_s
SELECT GET_PRESIGNED_URL(@report_links, :path, :expires_s) AS url
