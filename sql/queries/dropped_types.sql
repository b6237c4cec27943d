-- The report types that nobody can ask for any more, and the day on which each was dropped, UTC.
-- Params: -
SELECT report_type, TO_VARCHAR(defined_at, 'YYYY-MM-DD') AS dropped_on
FROM (
    SELECT report_type, defined_at, COALESCE(dropped, FALSE) AS dropped
    FROM report_types
    QUALIFY ROW_NUMBER() OVER (PARTITION BY report_type ORDER BY version DESC) = 1
)
WHERE dropped
ORDER BY report_type
