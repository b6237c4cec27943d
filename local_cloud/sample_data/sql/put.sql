-- Sends one file to the stage.
-- Params: -
PUT 'file://{path}' @{database}.SALES.SAMPLE_DATA OVERWRITE = TRUE AUTO_COMPRESS = FALSE
