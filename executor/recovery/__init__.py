"""Rebuilds the queue's tables from what attempts left in S3; adds rows, and changes none that is there.

Requests that are lost come back after the states of their jobs, so that nothing that has ended is launched again.

As long as the leader row is missing nothing is claimed, so it comes back last: what was rebuilt is there by then. Where
it is not missing, the fence is taken first, and a leader that took it back meanwhile makes every later statement add
nothing, which is told.
"""
