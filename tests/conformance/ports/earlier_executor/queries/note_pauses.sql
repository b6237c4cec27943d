-- Note the last word on each type, for the holder of the fence.
-- Params: fence
MERGE INTO type_state AS t
USING (
    SELECT p.report_type, p.paused, p.asked_at, p.asked_by, p.command_id, leader.fence
    FROM report_pauses AS p
    CROSS JOIN (SELECT fence FROM job_state WHERE request_id = '__leader__' AND fence = :fence) AS leader
) AS n
ON t.report_type = n.report_type
WHEN MATCHED AND (t.command_id IS NULL OR t.command_id <> n.command_id) THEN UPDATE SET
    paused = n.paused,
    command_id = n.command_id,
    command_at = n.asked_at,
    command_by = n.asked_by,
    fence = n.fence,
    updated_at = SYSDATE()
WHEN NOT MATCHED THEN INSERT (report_type, paused, command_id, command_at, command_by, fence, updated_at)
    VALUES (n.report_type, n.paused, n.command_id, n.asked_at, n.asked_by, n.fence, SYSDATE())
