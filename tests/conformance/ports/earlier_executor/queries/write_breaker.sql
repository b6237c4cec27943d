-- Keep the circuit breaker of launches, for the holder of the fence.
-- Params: breaker fence
MERGE INTO type_state AS t
USING (
    SELECT '__launch__' AS report_type, PARSE_JSON(:breaker) AS breaker, leader.fence
    FROM job_state AS leader
    WHERE leader.request_id = '__leader__' AND leader.fence = :fence
) AS n
ON t.report_type = n.report_type
WHEN MATCHED THEN UPDATE SET breaker = n.breaker, fence = n.fence, updated_at = SYSDATE()
WHEN NOT MATCHED THEN INSERT (report_type, paused, breaker, fence, updated_at)
VALUES (n.report_type, FALSE, n.breaker, n.fence, SYSDATE())
