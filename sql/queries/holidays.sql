-- Days on which nobody works, for reports that are made on business days.
-- Params: -
SELECT day FROM holidays
