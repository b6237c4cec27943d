"""The theory that somebody or something else ended the tasks: a person, Spot, a load balancer, maintenance."""

from typing import Final

from doctor.explain import known
from doctor.explain.facts import Facts
from doctor.explain.theory import Certainty, Theory, Verdict, open_, refuted

ID: Final = "ended_from_outside"
TITLE: Final = "Something else ended the tasks (a person, Spot, a load balancer, maintenance)"
_CODES: Final = frozenset({"UserInitiated", "SpotInterruption", "TerminationNotice"})


def others(facts: Facts) -> Theory:
    """Stop codes and reasons that speak of neither the container nor its health check."""
    for task in reversed(facts.subject.stopped):
        balancer = "ELB health checks" in task.reason or "unhealthy in (target-group" in task.reason
        if task.stop_code in _CODES or balancer:
            cause = known.of_stop(task.said)
            return Theory(
                ID, TITLE, Verdict.SUPPORTED, Certainty.LIKELY, cause.cause_id if cause else "stopped_by_user",
                (f"task {task.id}: {task.stop_code or 'no stop code'}, “{task.reason[:300]}”",),
                remedy=cause.remedy if cause else "Ask who or what stopped it: CloudTrail, event StopTask.",
            )  # fmt: skip
    if facts.subject.stopped:
        return refuted(ID, TITLE, f"none of {len(facts.subject.stopped)} stop codes and reasons says so")
    return open_(ID, TITLE, "no stopped task is in the evidence", settles="")
