-- Every job that somebody asked for here, pruned ones too.
-- Params: -
SELECT job_id FROM job_intake WHERE kind = 'RUN' AND job_id IS NOT NULL
UNION
SELECT job_id FROM job_archive
