-- The newest version of every report type.
-- Params: -
SELECT report_type, version, definition, digest
FROM report_types
QUALIFY ROW_NUMBER() OVER (PARTITION BY report_type ORDER BY version DESC) = 1
ORDER BY report_type
