-- Which of some job ids are taken, and how far they are.
-- Params: job_ids
SELECT j.job_id, j.status
FROM all_jobs AS j
JOIN (SELECT value FROM TABLE(FLATTEN(INPUT => PARSE_JSON(:job_ids)))) AS k ON j.job_id = k.value::STRING
