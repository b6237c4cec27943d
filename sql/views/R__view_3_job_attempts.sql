-- Every attempt that ended, also the failed ones of jobs that came to a good end after all.
CREATE OR REPLACE SECURE VIEW job_attempts
    COPY GRANTS
    COMMENT = 'One row per ended attempt of the jobs that you may see: how it ended, the cause, the remedy, the end of its log. jobs has the last one only. Times are UTC.'
AS
WITH causes AS (
    SELECT job_id, attempt, detail:cause_id::STRING AS cause_id
    FROM job_events
    WHERE event IN ('retry_planned', 'failed')
    QUALIFY ROW_NUMBER() OVER (PARTITION BY job_id, attempt ORDER BY "AT" DESC, event_id) = 1
)
SELECT
    j.job_id,
    j.report_type,
    r.attempt,
    r."AT" AS ended_at,
    r.diagnosis IS NULL AS succeeded,
    IFF(r.diagnosis IS NULL, NULL, c.cause_id) AS cause_id,
    r.diagnosis,
    r.remedy,
    r.error,
    r.exit_code,
    r.stop_code,
    r.stop_reason,
    r.start_s,
    r.pull_s,
    r.run_s,
    r.peak_memory_mb,
    r.cost_usd,
    r.log_tail,
    j.requested_by,
    j.trace_id
FROM job_results AS r
JOIN jobs AS j ON j.request_id = r.request_id
LEFT JOIN causes AS c ON c.job_id = r.job_id AND c.attempt = r.attempt;
