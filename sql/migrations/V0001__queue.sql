-- The queue: what was asked for, how far it has come, what came of it.

-- Callers only ever INSERT here; the executor only ever reads.
CREATE TABLE IF NOT EXISTS job_intake (
    request_id      STRING NOT NULL,
    kind            STRING NOT NULL,
    job_id          STRING,
    report_type     STRING,
    report_version  NUMBER(9, 0),
    params          VARIANT,
    options         VARIANT,
    priority        NUMBER(3, 0),
    not_before      TIMESTAMP_NTZ,
    dedupe_key      STRING,
    business_date   DATE,
    retry_of        STRING,
    requested_by    STRING,
    source          STRING,
    trace_id        STRING,
    payload_version NUMBER(3, 0) NOT NULL,
    enqueued_at     TIMESTAMP_NTZ NOT NULL
) COMMENT = 'What callers asked for, one row each, never changed. Times are UTC.';

-- Only the leading executor writes here. Transient: it can be rebuilt, and needs no seven days of fail-safe.
CREATE TRANSIENT TABLE IF NOT EXISTS job_state (
    request_id        STRING NOT NULL,
    job_id            STRING,
    status            STRING,
    attempt           NUMBER(9, 0),
    launch_try        NUMBER(9, 0),
    status_rank       NUMBER(3, 0),
    claim_id          STRING,
    fence             NUMBER(18, 0) NOT NULL,
    holder            STRING,
    session_id        STRING,
    duplicate_of      STRING,
    due_at            TIMESTAMP_NTZ,
    start_deadline_at TIMESTAMP_NTZ,
    deadline_at       TIMESTAMP_NTZ,
    launch_token      STRING,
    launch_profile    STRING,
    task_arn          STRING,
    capacity_provider STRING,
    cpu               NUMBER(9, 0),
    memory_mb         NUMBER(9, 0),
    user_failures     NUMBER(3, 0),
    infra_failures    NUMBER(3, 0),
    claimed_at        TIMESTAMP_NTZ,
    launched_at       TIMESTAMP_NTZ,
    started_at        TIMESTAMP_NTZ,
    finished_at       TIMESTAMP_NTZ,
    result_uri        STRING,
    failure_class     STRING,
    cause_id          STRING,
    cost_usd          NUMBER(18, 6),
    peak_memory_mb    NUMBER(12, 1),
    rows_out          NUMBER(18, 0),
    bytes_out         NUMBER(18, 0),
    updated_at        TIMESTAMP_NTZ
) COMMENT = 'How far each job is; written by the leading executor only. The row __leader__ holds the fence.';

CREATE TABLE IF NOT EXISTS job_results (
    request_id  STRING NOT NULL,
    job_id      STRING NOT NULL,
    attempt     NUMBER(9, 0) NOT NULL,
    exit_code   NUMBER(9, 0),
    stop_code   STRING,
    stop_reason STRING,
    diagnosis   STRING,
    remedy      STRING,
    error       STRING,
    log_tail    STRING,
    manifest    VARIANT,
    "AT"        TIMESTAMP_NTZ NOT NULL
) COMMENT = 'One row per ended attempt: what it left behind and what was made of it. Insert-only.';

CREATE TABLE IF NOT EXISTS job_events (
    event_id STRING NOT NULL,
    job_id   STRING NOT NULL,
    attempt  NUMBER(9, 0),
    event    STRING NOT NULL,
    detail   VARIANT,
    "AT"     TIMESTAMP_NTZ NOT NULL
) COMMENT = 'The history of every job. Insert-only; a replayed event has the same event_id.';

CREATE TABLE IF NOT EXISTS report_types (
    report_type STRING NOT NULL,
    version     NUMBER(9, 0) NOT NULL,
    definition  VARIANT NOT NULL,
    digest      STRING NOT NULL,
    defined_by  STRING,
    defined_at  TIMESTAMP_NTZ NOT NULL
) COMMENT = 'Report definitions. Insert-only: a change is a new version, and a job keeps the one it was asked with.';

CREATE TRANSIENT TABLE IF NOT EXISTS type_state (
    report_type STRING NOT NULL,
    paused      BOOLEAN NOT NULL,
    breaker     VARIANT,
    fence       NUMBER(18, 0) NOT NULL,
    updated_at  TIMESTAMP_NTZ NOT NULL
) COMMENT = 'What is true of a report type at this moment; written by the leading executor only.';

-- The name that keeps this queue apart from others that share a bucket or a cluster.
CREATE TABLE IF NOT EXISTS installation (
    installation STRING NOT NULL,
    bucket       STRING NOT NULL,
    installed_at TIMESTAMP_NTZ NOT NULL
) COMMENT = 'One row: name and bucket of this installation, as REPORTING_INSTALLATION and REPORTING_BUCKET say them.';

INSERT INTO installation (installation, bucket, installed_at)
SELECT '{{ installation }}', '{{ bucket }}', SYSDATE()
WHERE NOT EXISTS (SELECT 1 FROM installation);

INSERT INTO job_state (request_id, fence, updated_at)
SELECT '__leader__', 0, SYSDATE()
WHERE NOT EXISTS (SELECT 1 FROM job_state WHERE request_id = '__leader__');
