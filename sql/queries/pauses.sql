-- The last word on each report type that was ever paused or resumed; '*' is all of them.
-- Params: -
SELECT report_type, paused, asked_at FROM report_pauses
