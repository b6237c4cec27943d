-- Every report type that is defined.
-- Params: -
SELECT DISTINCT report_type FROM report_types
