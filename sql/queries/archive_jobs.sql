-- Keep a narrow row of every job that pruning is about to forget, once, for the holder of the fence.
-- Params: keep_days fence
INSERT INTO job_archive (
    request_id, job_id, report_type, report_version, business_date, status, requested_by, source, retry_of, enqueued_at,
    started_at, finished_at, attempt, cpu, memory_mb, peak_memory_mb, cost_usd, rows_out, bytes_out, failure_class,
    cause_id
)
SELECT
    i.request_id, i.job_id, i.report_type, i.report_version, i.business_date, s.status, i.requested_by, i.source,
    i.retry_of, i.enqueued_at, s.started_at, s.finished_at, s.attempt, s.cpu, s.memory_mb, s.peak_memory_mb,
    s.cost_usd, s.rows_out, s.bytes_out, s.failure_class, s.cause_id
FROM job_intake AS i
JOIN job_state AS s ON s.request_id = i.request_id
LEFT JOIN job_archive AS kept ON kept.request_id = i.request_id
WHERE i.kind = 'RUN'
    AND i.job_id IS NOT NULL
    AND s.status <> 'DUPLICATE'
    AND s.finished_at < DATEADD('day', -:keep_days, SYSDATE())
    AND kept.request_id IS NULL
    AND EXISTS (SELECT 1 FROM job_state WHERE request_id = '__leader__' AND fence = :fence)
