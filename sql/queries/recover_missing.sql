-- What was asked for and has no state: the first request of each job that no state row stands for.
-- Params: -
SELECT
    i.request_id, i.job_id, i.report_type, i.report_version, i.params, i.options, i.business_date,
    COALESCE(i.priority, 0) AS priority, i.requested_by, i.trace_id, i.enqueued_at,
    DATEDIFF('second', GREATEST(i.enqueued_at, COALESCE(i.not_before, i.enqueued_at)), SYSDATE()) AS age_s,
    cancels.job_id IS NOT NULL AS cancelled
FROM job_intake AS i
LEFT JOIN (
    SELECT job_id, MAX(enqueued_at) AS asked_at FROM job_intake WHERE kind = 'CANCEL' GROUP BY job_id
) AS cancels ON cancels.job_id = i.job_id AND cancels.asked_at >= i.enqueued_at
LEFT JOIN (
    SELECT job_id FROM job_state WHERE job_id IS NOT NULL AND status <> 'DUPLICATE' GROUP BY job_id
) AS known ON known.job_id = i.job_id
WHERE i.kind = 'RUN' AND i.job_id IS NOT NULL AND known.job_id IS NULL
QUALIFY ROW_NUMBER() OVER (PARTITION BY i.job_id ORDER BY i.enqueued_at, i.request_id) = 1
ORDER BY i.enqueued_at, i.request_id
