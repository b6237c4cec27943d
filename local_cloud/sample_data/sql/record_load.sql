-- Records one loaded table.
-- Params: table_name, last_day, seed, model_version, row_count
INSERT INTO {database}.SALES.SAMPLE_LOADS (TABLE_NAME, LAST_DAY, SEED, MODEL_VERSION, ROW_COUNT)
SELECT :table_name, CAST(:last_day AS DATE), :seed, :model_version, :row_count
