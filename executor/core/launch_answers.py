"""What RunTask can answer, as values, and what each answer means.

The codes of ECS do not tell what may be sent again: EC2's throttle of a subnet look-up comes as a wrong parameter, a
used-up quota as the client's fault, a lack of room as either an error or a failure inside an answer of 200. So the
error goes through the catalogue, code and text together; only what is unknown there is judged by its HTTP status.
"""

from dataclasses import dataclass
from typing import Final

from contract.outcome import Blame, CodeRan, FailureClass, Verdict
from executor.core import rules
from executor.core.causes import EMPTY, Catalogue, Retry, Scope
from executor.core.tasks import TaskView


@dataclass(frozen=True, slots=True)
class Accepted:
    """A task exists for this token: new, or found again after a replay or a conflict."""

    task: TaskView


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing ran, and a replay would be refused again: the next try needs a new token.

    ``permanent`` refusals end the job; ``said_as`` is where in the catalogue the reason is to be looked up, None for
    reasons of our own, of which ``rule`` may say what to do.
    """

    reason: str
    permanent: bool = False
    said_as: Scope | None = Scope.RUNTASK_FAILURE
    rule: rules.Rule | None = None


@dataclass(frozen=True, slots=True)
class Throttled:
    """Asked too often; the same bytes again later."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer, or a server's fault: a task may exist. Only the same bytes may be sent again."""

    reason: str


@dataclass(frozen=True, slots=True)
class Errored:
    """RunTask answered with an error; ``status`` is that of HTTP, 0 where there was none."""

    code: str
    message: str
    status: int = 0


LaunchAnswer = Accepted | Refused | Throttled | Unknown | Errored

_CAPACITY_WORDS: Final = ("capacity is unavailable", "resource:")
_CLIENTS_FAULT: Final = range(400, 500)


def understood(answer: LaunchAnswer, catalogue: Catalogue) -> Accepted | Refused | Throttled | Unknown:
    """An answer as what may be done next: an error by its cause, everything else as it is."""
    if not isinstance(answer, Errored):
        return answer
    said = f"{answer.code}: {answer.message}"
    cause = catalogue.find(Scope.RUNTASK_EXCEPTION, said)
    if cause is None:
        refused = answer.status in _CLIENTS_FAULT
        return Refused(said, permanent=True, said_as=Scope.RUNTASK_EXCEPTION) if refused else Unknown(said)
    if cause.code_ran is not CodeRan.NO:
        return Unknown(said)
    if cause.blame is Blame.NOBODY and cause.failure_class is not FailureClass.CAPACITY:
        return Throttled(said)
    return Refused(said, permanent=cause.retry is not Retry.YES, said_as=Scope.RUNTASK_EXCEPTION)


def refusal_verdict(answer: Refused, catalogue: Catalogue = EMPTY, own: str | None = None) -> Verdict:
    """What a refused launch is: short capacity waits, a wrong configuration ends the job with its text.

    Args:
        answer: the refusal.
        catalogue: known texts.
        own: the task definition of the report's own that was refused, to be named; ECS does not name it.
    """
    # What is refused for a reason of our own stands in no catalogue.
    cause = catalogue.find(answer.said_as, answer.reason) if answer.said_as is not None else None
    if cause is None:
        return _unknown_refusal(answer)
    return Verdict(
        failure_class=cause.failure_class or FailureClass.LAUNCH_REFUSED,
        cause_id=cause.cause_id,
        blame=cause.blame,
        retry_helps=cause.retry is Retry.YES and not answer.permanent,
        with_change=cause.retry is Retry.WITH_CHANGE,
        code_ran=CodeRan.NO,
        start_up=cause.start_up,
        diagnosis=f"{cause.summary} ECS says: {answer.reason}{f' (task definition {own})' if own else ''}",
        remedy=cause.remedy,
    )


def _unknown_refusal(answer: Refused) -> Verdict:
    capacity = any(word in answer.reason.lower() for word in _CAPACITY_WORDS) and answer.said_as is not None
    rule = answer.rule or (rules.NO_ROOM if capacity else rules.REFUSED)
    return Verdict(
        failure_class=rule.failure_class,
        cause_id=rule.cause_id or rule.failure_class.lower(),
        blame=rule.blame,
        retry_helps=not answer.permanent,
        code_ran=rule.code_ran,
        start_up=answer.said_as is Scope.RUNTASK_EXCEPTION,
        diagnosis=f"{rule.diagnosis.removesuffix('.')}: {answer.reason}"
        if answer.said_as is not None or answer.rule is not None
        else f"The task was not launched: {answer.reason}",
        remedy=rule.remedy,
    )
