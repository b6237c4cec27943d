-- Put the leader row back, above every fence that was ever given: a fence rises by one per leader, seconds by more.
-- Params: -
INSERT INTO job_state (request_id, fence, updated_at)
SELECT '__leader__', DATE_PART('epoch_second', SYSDATE()), SYSDATE()
WHERE NOT EXISTS (SELECT 1 FROM job_state WHERE request_id = '__leader__')
