-- The jobs that one claim took, and those of earlier claims that it found cancelled.
-- Params: claim_id
SELECT
    i.request_id, i.job_id, i.report_type, i.report_version, i.params, i.options, i.business_date, i.priority,
    i.requested_by, i.trace_id, i.enqueued_at, s.cost_usd,
    s.status, s.attempt, s.launch_try, s.status_rank, s.claim_id, s.due_at, s.start_deadline_at, s.deadline_at,
    s.launch_token, s.launch_profile, s.task_arn, s.capacity_provider, s.cpu, s.memory_mb,
    s.interruptions, s.refusals, s.waits_since, s.user_failures, s.infra_failures, s.claimed_at, s.launched_at, s.started_at, s.finished_at, s.result_uri
FROM job_state AS s
JOIN job_intake AS i ON i.request_id = s.request_id
WHERE s.claim_id = :claim_id
    AND (s.status IN ('CLAIMED', 'CANCELLING') OR (s.status = 'CANCELLED' AND s.claimed_at IS NOT NULL))
ORDER BY i.priority DESC, i.enqueued_at, i.request_id
