-- Order something that is no report: a cancel, a pause, a resumption, a pruning.
-- Params: request_id kind job_id report_type params source trace_id payload_version
INSERT INTO job_intake (
    request_id, kind, job_id, report_type, params, requested_by, source, trace_id, payload_version, enqueued_at
)
SELECT
    :request_id, :kind, :job_id, :report_type, PARSE_JSON(:params), CURRENT_USER(), :source, :trace_id,
    :payload_version, SYSDATE()
