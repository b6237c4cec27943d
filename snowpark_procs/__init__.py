"""The stored procedures: they check what is asked, insert it, and answer. They never change a job's state."""
