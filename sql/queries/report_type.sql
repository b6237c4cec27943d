-- The newest version of one report type, unless it was dropped.
-- Params: report_type
SELECT report_type, version, definition
FROM (
    SELECT report_type, version, definition, COALESCE(dropped, FALSE) AS dropped
    FROM report_types
    WHERE report_type = :report_type
    QUALIFY ROW_NUMBER() OVER (ORDER BY version DESC) = 1
)
WHERE NOT dropped
