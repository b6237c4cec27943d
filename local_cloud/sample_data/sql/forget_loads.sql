-- Forgets what was loaded, before it is replaced.
-- Params: -
DELETE FROM {database}.SALES.SAMPLE_LOADS
