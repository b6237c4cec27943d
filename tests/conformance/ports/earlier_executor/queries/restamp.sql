-- Give the open rows of earlier leaders to the holder of this fence.
-- Params: fence fence
UPDATE job_state
SET fence = :fence
WHERE request_id <> '__leader__'
    AND finished_at IS NULL
    AND EXISTS (SELECT 1 FROM job_state AS leader WHERE leader.request_id = '__leader__' AND leader.fence = :fence)
