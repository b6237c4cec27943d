-- Ask for yesterday's daily reports.
-- Params: -
CALL generate_daily_reports()
