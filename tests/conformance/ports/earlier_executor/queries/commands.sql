-- Orders that wait to be carried out: prunings, and pauses and resumptions that nobody noted yet.
-- Params: -
SELECT
    i.request_id, i.kind, i.report_type, TRY_TO_NUMBER(i.params:keep_days::STRING) AS keep_days,
    i.requested_by, i.enqueued_at
FROM job_intake AS i
LEFT JOIN report_pauses AS p ON p.command_id = i.request_id
LEFT JOIN type_state AS t ON t.command_id = i.request_id
WHERE i.kind = 'PRUNE' OR (i.kind IN ('PAUSE', 'RESUME') AND p.command_id IS NOT NULL AND t.command_id IS NULL)
ORDER BY i.enqueued_at, i.request_id
