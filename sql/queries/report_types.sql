-- The newest version of every report type that was not dropped.
-- Params: -
SELECT report_type, version, definition, digest
FROM (
    SELECT report_type, version, definition, digest, COALESCE(dropped, FALSE) AS dropped
    FROM report_types
    QUALIFY ROW_NUMBER() OVER (PARTITION BY report_type ORDER BY version DESC) = 1
)
WHERE NOT dropped
ORDER BY report_type
