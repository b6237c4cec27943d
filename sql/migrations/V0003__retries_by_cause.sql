-- What a job met on its way: interruptions and refusals decide where its next launch goes, and how patiently.
ALTER TABLE job_state ADD COLUMN IF NOT EXISTS interruptions NUMBER(9, 0);
ALTER TABLE job_state ADD COLUMN IF NOT EXISTS refusals NUMBER(9, 0);
ALTER TABLE job_state ADD COLUMN IF NOT EXISTS waits_since TIMESTAMP_NTZ;
