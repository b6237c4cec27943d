-- Report definitions by type and version, which never change.
-- Params: keys
SELECT t.report_type, t.version, t.definition
FROM report_types AS t
JOIN (SELECT value FROM TABLE(FLATTEN(INPUT => PARSE_JSON(:keys)))) AS k
    ON t.report_type = k.value:report_type::STRING AND t.version = k.value:version::NUMBER
