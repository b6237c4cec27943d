-- Forget jobs that ended long ago.
-- Params: keep_days
CALL prune_history(:keep_days)
