-- The doorbell and the notices: through which notification integrations, and what operators were told already.
ALTER TABLE installation ADD COLUMN IF NOT EXISTS doorbell STRING;
ALTER TABLE installation ADD COLUMN IF NOT EXISTS operators STRING;
ALTER TABLE installation ADD COLUMN IF NOT EXISTS operators_by_mail BOOLEAN;

CREATE TABLE IF NOT EXISTS notices (
    kind    STRING NOT NULL,
    job_id  STRING NOT NULL,
    told_at TIMESTAMP_NTZ NOT NULL
) COMMENT = 'Failed jobs and late reports that notify_operators has told of, one row each. Times are UTC.';
