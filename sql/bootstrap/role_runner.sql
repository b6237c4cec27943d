-- The containers: read the data of the reports. Grant it SELECT on what they read.
CREATE ROLE IF NOT EXISTS report_runner COMMENT = 'Reads the data of the reports; needs SELECT on them.'
