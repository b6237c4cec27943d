-- Who looks after the jobs and the tasks of the schedule, and does what a requester does.
CREATE ROLE IF NOT EXISTS report_operator COMMENT = 'Looks after jobs and tasks; does what a requester does.'
