-- Take the next fence, if nobody else took one since it was read; touches one row or none.
-- Params: fence holder
UPDATE job_state
SET fence = fence + 1, holder = :holder, session_id = CURRENT_SESSION(), updated_at = SYSDATE()
WHERE request_id = '__leader__' AND fence = :fence
