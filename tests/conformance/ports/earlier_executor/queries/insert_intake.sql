-- Enqueue RUN requests: one INSERT however many.
-- Params: rows
INSERT INTO job_intake (
    request_id, kind, job_id, report_type, report_version, params, options, priority, not_before, dedupe_key,
    business_date, retry_of, requested_by, source, trace_id, payload_version, enqueued_at
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
    r.value:not_before::TIMESTAMP_NTZ,
    r.value:dedupe_key::STRING,
    r.value:business_date::DATE,
    r.value:retry_of::STRING,
    CURRENT_USER(),
    r.value:source::STRING,
    r.value:trace_id::STRING,
    r.value:payload_version::NUMBER,
    SYSDATE()
FROM TABLE(FLATTEN(INPUT => PARSE_JSON(:rows))) AS r
