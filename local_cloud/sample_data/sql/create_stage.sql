-- Where files lie on their way into the tables.
-- Params: -
CREATE STAGE IF NOT EXISTS {database}.SALES.SAMPLE_DATA
