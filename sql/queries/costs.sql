-- What reports cost in the last months, the newest month and the dearest type first.
-- Params: report_type report_type months
SELECT *
FROM report_costs
WHERE (:report_type IS NULL OR report_type = :report_type)
    AND month > DATEADD('month', -:months, TO_DATE(SYSDATE()))
ORDER BY month DESC, cost_usd DESC NULLS LAST, report_type
