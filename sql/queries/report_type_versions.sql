-- Every version of every report type, by the digest of its content.
-- Params: -
SELECT report_type, version, digest, COALESCE(dropped, FALSE) AS dropped
FROM report_types
ORDER BY report_type, version
