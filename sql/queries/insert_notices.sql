-- Remembers what operators were told of.
-- Params: told
INSERT INTO notices (kind, job_id, told_at)
SELECT t.value['kind']::STRING, t.value['job_id']::STRING, SYSDATE()
FROM TABLE(FLATTEN(INPUT => PARSE_JSON(:told))) AS t
