"""Container health checks, judged without running anything: can this check ever pass, can it ever fail?

A health check that cannot pass makes ECS replace healthy tasks for ever; one that cannot fail hides dead ones. Both are
properties of the command, of the programs in the image and of the command that the container runs, so both can be told
from the files. :func:`doctor.health_checks.judge.judge` plays the check's shell command through in a few imagined
worlds (the service answers, answers with errors, is gone; the unknown programs are there, are missing) and compares the
exit codes that are possible.
"""
