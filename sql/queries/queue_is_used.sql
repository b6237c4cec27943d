-- Whether anybody has ever asked for a report here.
-- Params: -
SELECT 1 FROM job_intake WHERE kind = 'RUN' LIMIT 1
