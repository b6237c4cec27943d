-- The table that remembers what was loaded.
-- Params: -
CREATE TABLE IF NOT EXISTS {database}.SALES.SAMPLE_LOADS (
    TABLE_NAME VARCHAR NOT NULL COMMENT 'a table that was loaded',
    LAST_DAY DATE NOT NULL COMMENT 'the last day of its data',
    SEED NUMBER(10, 0) NOT NULL COMMENT 'the seed that its data were made from',
    MODEL_VERSION NUMBER(10, 0) NOT NULL COMMENT 'the version of the program that made them',
    ROW_COUNT NUMBER(10, 0) NOT NULL COMMENT 'how many rows it has'
) COMMENT = 'What sample data lie here, one row per table'
