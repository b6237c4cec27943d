-- How many jobs nobody has claimed yet, due or not.
-- Params: -
SELECT COUNT(*) AS waiting
FROM job_intake AS i
LEFT JOIN job_state AS s ON s.request_id = i.request_id
WHERE i.kind = 'RUN' AND s.request_id IS NULL
