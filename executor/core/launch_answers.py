"""What RunTask can answer, as values, and what each answer means."""

from dataclasses import dataclass
from typing import Final

from contract.outcome import Blame, FailureClass, Verdict
from executor.core.tasks import TaskView


@dataclass(frozen=True, slots=True)
class Accepted:
    """A task exists for this token: new, or found again after a replay or a conflict."""

    task: TaskView


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing ran, and a replay would be refused again: the next try needs a new token."""

    reason: str
    permanent: bool = False


@dataclass(frozen=True, slots=True)
class Throttled:
    """Asked too often; the same bytes again later."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer, or a server's fault: a task may exist. Only the same bytes may be sent again."""

    reason: str


LaunchAnswer = Accepted | Refused | Throttled | Unknown

_CAPACITY_WORDS: Final = ("capacity is unavailable", "resource:")


def refusal_verdict(answer: Refused) -> Verdict:
    """What a refused launch is: short capacity waits, a wrong configuration ends the job with its text."""
    capacity = any(word in answer.reason.lower() for word in _CAPACITY_WORDS)
    failure_class = FailureClass.CAPACITY if capacity else FailureClass.LAUNCH_REFUSED
    return Verdict(
        failure_class=failure_class,
        cause_id=failure_class.lower(),
        blame=Blame.NOBODY if capacity else Blame.INFRASTRUCTURE,
        retry_helps=not answer.permanent,
        diagnosis=f"ECS refused to launch the task: {answer.reason}",
        remedy="Nothing to do: it is tried again by itself."
        if capacity
        else "Correct the launch settings (cluster, task definition, subnets, roles, size), then ask again.",
    )
