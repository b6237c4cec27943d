"""One bad deployment must not burn the queue: a circuit breaker over causes that keep code from running.

Nearly all jobs of an installation are launched with one task definition, into the same subnets, by the same roles. When
its image is missing or its secret denied, every job would fail in turn, each with its budget, within minutes. Failures
*before any code ran* are therefore counted by cause, over jobs. A cause that a retry cannot cure opens the breaker
soon, one that may pass by itself a little later. Then one job at a time is launched, as a probe, after a pause that
grows; what fails meanwhile is charged to nobody and waits. The first container that runs closes the breaker, and so
does another task definition. Jobs with a cause of their own, a size that Fargate does not have or a task definition
that their report type names, are not counted: they would close the shop for all.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict

from contract.outcome import Blame, Verdict

FINAL_AFTER: Final = 3
"""Failures in a row of a cause that a retry cannot cure."""
PASSING_AFTER: Final = 5
"""Failures in a row of a cause that may pass."""
FIRST_PAUSE_S: Final = 30.0
MAX_PAUSE_S: Final = 600.0


class Phase(StrEnum):
    """Launch as usual; launch nothing; one probe is under way."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class Breaker(BaseModel):
    """The breaker of one task definition, as it is kept in ``TYPE_STATE``."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    task_definition: str
    phase: Phase = Phase.CLOSED
    failures: Mapping[str, int] = {}
    """Start-up failures since a container ran, by cause id."""
    cause_id: str | None = None
    diagnosis: str | None = None
    remedy: str | None = None
    opened_at: datetime | None = None
    pauses: int = 0


def failed(breaker: Breaker, verdict: Verdict, now: datetime) -> Breaker:
    """The breaker after a launch with its task definition came to nothing; ``now`` is in UTC."""
    if not verdict.start_up:
        return breaker
    count = breaker.failures.get(verdict.cause_id, 0) + 1
    counted = breaker.model_copy(update={"failures": {**breaker.failures, verdict.cause_id: count}})
    limit = PASSING_AFTER if verdict.retry_helps else FINAL_AFTER
    match breaker.phase:
        case Phase.CLOSED if count < limit:
            return counted
        case Phase.OPEN:
            return counted  # what was under way when it opened
        case _:
            return counted.model_copy(
                update={
                    "phase": Phase.OPEN,
                    "cause_id": verdict.cause_id,
                    "diagnosis": verdict.diagnosis,
                    "remedy": verdict.remedy,
                    "opened_at": breaker.opened_at or now,
                    "pauses": breaker.pauses + 1,
                }
            )


def ran(breaker: Breaker) -> Breaker:
    """The breaker after a container ran: whatever kept others from it is gone."""
    clean = Breaker(task_definition=breaker.task_definition)
    return breaker if breaker == clean else clean


def probing(breaker: Breaker) -> Breaker:
    """The breaker while one job tries."""
    return breaker if breaker.phase is Phase.CLOSED else breaker.model_copy(update={"phase": Phase.HALF_OPEN})


def taken_over(kept: Breaker | None, task_definition: str) -> Breaker:
    """The breaker of a new leader: what an earlier one found of the same task definition, with a probe to come."""
    if kept is None or kept.task_definition != task_definition or kept.phase is Phase.CLOSED:
        return Breaker(task_definition=task_definition)
    return kept.model_copy(update={"phase": Phase.OPEN})


def pause_s(breaker: Breaker, dice: float) -> float:
    """Seconds from the last failure to the next probe; ``dice`` in [0, 1) spreads them."""
    full = min(MAX_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(max(0, breaker.pauses - 1), 16))
    return full * (0.5 + dice / 2)


def forgiven(breaker: Breaker, verdict: Verdict) -> Verdict:
    """The verdict as it is charged: while the breaker is open, a start-up failure is no job's fault and not its end."""
    if breaker.phase is Phase.CLOSED or not verdict.start_up:
        return verdict
    says = f"{verdict.diagnosis} Other jobs meet the same: launches are held back but for one try at a time."
    return verdict.model_copy(update={"blame": Blame.NOBODY, "retry_helps": True, "diagnosis": says})


def wait_s(breaker: Breaker, dice: float) -> float:
    """How long a forgiven job waits: longer than the next probe, so that another job is the next to try."""
    full = min(MAX_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(max(0, breaker.pauses - 1), 16))
    return full * (1.0 + dice)
