-- Put requests back that are lost, each of a job that nothing asks for any more, and that was not pruned.
-- Params: rows
INSERT INTO job_intake (
    request_id, kind, job_id, report_type, report_version, params, options, priority, business_date, source, trace_id,
    payload_version, enqueued_at
)
SELECT
    r.value:request_id::STRING,
    'RUN',
    r.value:job_id::STRING,
    r.value:report_type::STRING,
    r.value:report_version::NUMBER,
    r.value:params,
    r.value:options,
    r.value:priority::NUMBER,
    r.value:business_date::DATE,
    'recover',
    r.value:trace_id::STRING,
    r.value:payload_version::NUMBER,
    r.value:enqueued_at::TIMESTAMP_NTZ
FROM (SELECT value FROM TABLE(FLATTEN(INPUT => PARSE_JSON(:rows)))) AS r
LEFT JOIN (
    SELECT job_id FROM job_intake WHERE kind = 'RUN' AND job_id IS NOT NULL
    UNION
    SELECT job_id FROM job_archive
) AS known ON known.job_id = r.value:job_id::STRING
WHERE known.job_id IS NULL
