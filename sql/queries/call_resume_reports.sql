-- Start jobs of a type, or of all types, again.
-- Params: report_type
CALL resume_reports(:report_type)
