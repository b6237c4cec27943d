-- Who deploys, since when (UTC), and for how many seconds by now.
-- Params: -
SELECT holder, since, DATEDIFF('second', since, SYSDATE()) AS age_s FROM deployment_lock
