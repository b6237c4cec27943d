-- Add a version of a report type: the next after its newest.
-- A MERGE, because those wait for each other and two that come at once must not make the same version; it changes
-- no row, and inserts none when another made this version meanwhile.
-- Params: report_type definition digest dropped
MERGE INTO report_types AS t
USING (
    SELECT
        :report_type AS report_type,
        COALESCE(MAX(version), 0) + 1 AS version,
        PARSE_JSON(:definition) AS definition,
        :digest AS digest,
        :dropped AS dropped
    FROM report_types
    WHERE report_type = :report_type
) AS s
ON t.report_type = s.report_type AND t.version = s.version
WHEN NOT MATCHED THEN
    INSERT (report_type, version, definition, digest, dropped, defined_by, defined_at)
    VALUES (s.report_type, s.version, s.definition, s.digest, s.dropped, CURRENT_USER(), SYSDATE())
