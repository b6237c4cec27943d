-- What was loaded for this day, seed and version.
-- Params: last_day, seed, model_version
SELECT TABLE_NAME, ROW_COUNT
FROM {database}.SALES.SAMPLE_LOADS
WHERE LAST_DAY = CAST(:last_day AS DATE) AND SEED = :seed AND MODEL_VERSION = :model_version
