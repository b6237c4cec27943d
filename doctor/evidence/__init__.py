"""What is known of a failure: answers of ``describe-*`` calls, logs, Dockerfiles and notes, saved or asked for live.

Everything that :mod:`doctor.explain` says is said from an :class:`doctor.evidence.evidence.Evidence`, so that a report
can be made from what somebody mailed.
"""
