-- The report types whose jobs everybody may see: said so, or else made by the calendar for everybody.
CREATE OR REPLACE VIEW shared_types
    COPY GRANTS
    COMMENT = 'One row per report type whose jobs everybody sees who may ask for reports: its newest definition says shared, or says nothing of it and has a cadence.'
AS
SELECT report_type
FROM report_types
QUALIFY ROW_NUMBER() OVER (PARTITION BY report_type ORDER BY version DESC) = 1
    AND COALESCE(definition:shared::BOOLEAN, definition:cadence::STRING IS NOT NULL);
