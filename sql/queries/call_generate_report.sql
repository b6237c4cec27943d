-- Ask for one report.
-- Params: report_type params options
CALL generate_report(:report_type, PARSE_JSON(:params)::OBJECT, PARSE_JSON(:options)::OBJECT)
