-- Add a version of a report type.
-- Params: report_type version definition digest
INSERT INTO report_types (report_type, version, definition, digest, defined_by, defined_at)
SELECT :report_type, :version, PARSE_JSON(:definition), :digest, CURRENT_USER(), SYSDATE()
