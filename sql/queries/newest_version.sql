-- The newest version of one report type, dropped or not.
-- Params: report_type
SELECT version, definition, digest, COALESCE(dropped, FALSE) AS dropped
FROM report_types
WHERE report_type = :report_type
ORDER BY version DESC
LIMIT 1
