-- The name of this installation and its bucket.
-- Params: -
SELECT installation, bucket FROM installation
