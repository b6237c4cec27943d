"""The life of a job as one table; everything that changes a state looks here, and so does the drawing.

A job moves only forward: its progress is (attempt, launch try, rank of the state), and every write demands more
progress than the row has. So a late or repeated write of an older truth changes nothing, whoever sends it.
"""

from enum import StrEnum
from typing import Final, NamedTuple

from contract.states import TERMINAL, JobState


class Trigger(StrEnum):
    """What happened to a job."""

    CLAIM = "claimed"
    DUPLICATE = "asked for before"
    OVERDUE = "too old"
    ACCEPT = "RunTask accepted"
    REFUSE = "launch refused, nothing ran"
    GIVE_UP_LAUNCH = "launch refused for good"
    START = "container runs"
    SUCCEED = "stopped with manifest"
    FAIL_AGAIN = "failed, may try again"
    FAIL_FOR_GOOD = "failed, budget used up"
    CANCEL = "cancelled"
    STOP_CONFIRMED = "task stopped"


class Transition(NamedTuple):
    """One allowed step."""

    source: JobState
    trigger: Trigger
    target: JobState


_S, _T = JobState, Trigger

TABLE: Final = (
    Transition(_S.QUEUED, _T.CLAIM, _S.CLAIMED),
    Transition(_S.QUEUED, _T.DUPLICATE, _S.DUPLICATE),
    Transition(_S.QUEUED, _T.OVERDUE, _S.EXPIRED),
    Transition(_S.QUEUED, _T.CANCEL, _S.CANCELLED),
    Transition(_S.CLAIMED, _T.ACCEPT, _S.LAUNCHED),
    Transition(_S.CLAIMED, _T.REFUSE, _S.RETRY_WAIT),
    Transition(_S.CLAIMED, _T.GIVE_UP_LAUNCH, _S.FAILED),
    Transition(_S.CLAIMED, _T.CANCEL, _S.CANCELLING),
    Transition(_S.LAUNCHED, _T.START, _S.RUNNING),
    Transition(_S.LAUNCHED, _T.SUCCEED, _S.SUCCEEDED),
    Transition(_S.LAUNCHED, _T.FAIL_AGAIN, _S.RETRY_WAIT),
    Transition(_S.LAUNCHED, _T.FAIL_FOR_GOOD, _S.FAILED),
    Transition(_S.LAUNCHED, _T.CANCEL, _S.CANCELLING),
    Transition(_S.RUNNING, _T.SUCCEED, _S.SUCCEEDED),
    Transition(_S.RUNNING, _T.FAIL_AGAIN, _S.RETRY_WAIT),
    Transition(_S.RUNNING, _T.FAIL_FOR_GOOD, _S.FAILED),
    Transition(_S.RUNNING, _T.CANCEL, _S.CANCELLING),
    Transition(_S.RETRY_WAIT, _T.CLAIM, _S.CLAIMED),
    Transition(_S.RETRY_WAIT, _T.CANCEL, _S.CANCELLED),
    Transition(_S.CANCELLING, _T.STOP_CONFIRMED, _S.CANCELLED),
    Transition(_S.CANCELLING, _T.SUCCEED, _S.SUCCEEDED),
)

RANK: Final[dict[JobState, int]] = {
    _S.QUEUED: 0,
    _S.CLAIMED: 10,
    _S.LAUNCHED: 20,
    _S.RUNNING: 30,
    _S.CANCELLING: 40,
    _S.RETRY_WAIT: 50,
} | dict.fromkeys(TERMINAL, 90)

_NEXT: Final = {(step.source, step.trigger): step.target for step in TABLE}


class IllegalStepError(RuntimeError):
    """A job was asked to take a step that the table does not have: a fault in the executor."""


def after(state: JobState, trigger: Trigger) -> JobState:
    """The state that follows.

    Raises:
        IllegalStepError: the table has no such step.
    """
    try:
        return _NEXT[state, trigger]
    except KeyError:
        raise IllegalStepError(f"no step from {state} on '{trigger}'; see executor.core.transitions") from None


def drawing() -> str:
    """The table as a Mermaid state diagram, as the documentation shows it."""
    lines = ["stateDiagram-v2", "    [*] --> QUEUED: CALL"]
    lines += [f"    {step.source} --> {step.target}: {step.trigger}" for step in TABLE]
    lines += [f"    {state} --> [*]" for state in JobState if state in TERMINAL]
    return "\n".join(lines) + "\n"
