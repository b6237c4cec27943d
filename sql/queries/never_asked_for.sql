-- What the calendar expected within the last days and nobody asked for, the oldest first.
-- Params: days
SELECT report_type, from_date, business_date
FROM missing_reports
WHERE job_id IS NULL AND business_date >= DATEADD('day', -:days, TO_DATE(SYSDATE()))
ORDER BY business_date, report_type
