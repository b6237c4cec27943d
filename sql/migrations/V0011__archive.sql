-- What outlives pruning: one narrow row per ended job, for history, costs and trends.
CREATE TABLE IF NOT EXISTS job_archive (
    request_id     STRING NOT NULL,
    job_id         STRING NOT NULL,
    report_type    STRING,
    report_version NUMBER(9, 0),
    business_date  DATE,
    status         STRING,
    requested_by   STRING,
    source         STRING,
    retry_of       STRING,
    enqueued_at    TIMESTAMP_NTZ,
    started_at     TIMESTAMP_NTZ,
    finished_at    TIMESTAMP_NTZ,
    attempt        NUMBER(9, 0),
    cpu            NUMBER(9, 0),
    memory_mb      NUMBER(9, 0),
    peak_memory_mb NUMBER(12, 1),
    cost_usd       NUMBER(18, 6),
    rows_out       NUMBER(18, 0),
    bytes_out      NUMBER(18, 0),
    failure_class  STRING,
    cause_id       STRING
) COMMENT = 'One narrow row per ended job that was pruned; the view job_history shows it. Written by the leading executor. Times are UTC.';
