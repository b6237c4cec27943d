-- Loads one staged file into its table.
-- Params: -
COPY INTO {database}.{table}
FROM @{database}.SALES.SAMPLE_DATA/{file}
FILE_FORMAT = (TYPE = CSV SKIP_HEADER = 1 FIELD_OPTIONALLY_ENCLOSED_BY = '"' EMPTY_FIELD_AS_NULL = TRUE)
FORCE = TRUE
