-- The leader row: who may write job state now. No row means that the state was lost.
-- Params: -
SELECT fence, holder, session_id FROM job_state WHERE request_id = '__leader__'
