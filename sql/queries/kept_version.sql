-- The newest version of a report type with this content.
-- Params: report_type digest dropped
SELECT MAX(version) AS version
FROM report_types
WHERE report_type = :report_type AND digest = :digest AND COALESCE(dropped, FALSE) = :dropped
