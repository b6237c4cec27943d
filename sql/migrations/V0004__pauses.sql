-- Pauses: which order was the last word on a type, noted so that it outlives its row of the intake.
ALTER TABLE type_state ADD COLUMN IF NOT EXISTS command_id STRING;
ALTER TABLE type_state ADD COLUMN IF NOT EXISTS command_at TIMESTAMP_NTZ;
ALTER TABLE type_state ADD COLUMN IF NOT EXISTS command_by STRING;

-- A view of a migration, not of the folder of views: the view jobs reads it and is made after it.
CREATE VIEW IF NOT EXISTS report_pauses
    COMMENT = 'The last word on each report type, or on all of them (*): paused or not, who said so and when (UTC).'
AS
SELECT report_type, paused, asked_at, asked_by, command_id
FROM (
    SELECT report_type, paused, command_at AS asked_at, command_by AS asked_by, command_id
    FROM type_state
    WHERE command_id IS NOT NULL
    UNION ALL
    SELECT report_type, kind = 'PAUSE', enqueued_at, requested_by, request_id
    FROM job_intake
    WHERE kind IN ('PAUSE', 'RESUME') AND report_type IS NOT NULL
)
QUALIFY ROW_NUMBER() OVER (PARTITION BY report_type ORDER BY asked_at DESC, command_id DESC) = 1;
