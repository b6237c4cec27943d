-- Start no more jobs of a type, or of all types.
-- Params: report_type
CALL pause_reports(:report_type)
