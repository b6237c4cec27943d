-- The newest version of one report type.
-- Params: report_type
SELECT report_type, version, definition
FROM report_types
WHERE report_type = :report_type
ORDER BY version DESC
LIMIT 1
