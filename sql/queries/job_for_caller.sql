-- One job, if who calls the procedure may see it: his own, one of a shared type, any for operators and the owner.
-- Params: job_id
-- Here the active roles are the owner's. SYS_CONTEXT has the caller's, and NULL while the owner lacks READ SESSION.
SELECT *
FROM all_jobs
WHERE job_id = :job_id
    AND (
        requested_by = CURRENT_USER()
        OR report_type IN (SELECT report_type FROM shared_types)
        OR SYS_CONTEXT('SNOWFLAKE$SESSION', 'IS_ROLE_ACTIVATED', 'REPORT_OPERATOR')::BOOLEAN
        OR SYS_CONTEXT('SNOWFLAKE$SESSION', 'ROLE') = CURRENT_ROLE()
    )
