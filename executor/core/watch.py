"""What a look at a task means for its job."""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from contract.job import JobRow
from contract.states import JobState
from executor.core.tasks import TaskView
from executor.core.transitions import RANK, Trigger, after

MISSING_PATIENCE_S: Final = 60.0
"""A new task may be invisible for a while: the ECS API is eventually consistent (RunTask, API reference)."""

OLD_S: Final = 900
"""A task that was launched so long ago is not new, even where our clock is wrong by ten minutes."""

OLD_MISSING_PATIENCE_S: Final = 5.0
"""An old task that ECS does not know is forgotten; asked twice, because any single answer may be wrong."""

START_DEADLINE_S: Final = 900


class Sight(Enum):
    """What was seen."""

    NOTHING_NEW = auto()
    STARTED = auto()
    ENDED = auto()


def look(job: JobRow, task: TaskView | None, missing_for_s: float, patience_s: float = MISSING_PATIENCE_S) -> Sight:
    """Compare a job with what ECS says of its task.

    Args:
        job: LAUNCHED, RUNNING or CANCELLING.
        task: None when ECS does not know it.
        missing_for_s: how long it has not been found, by the monotonic clock.
        patience_s: how long it may be missing before it counts as forgotten.
    """
    if task is None:
        return Sight.ENDED if missing_for_s > patience_s else Sight.NOTHING_NEW
    if task.stopped:
        return Sight.ENDED
    return Sight.STARTED if task.runs and job.status is JobState.LAUNCHED else Sight.NOTHING_NEW


def patience_s(job: JobRow, now: datetime) -> float:
    """How long a job's task may be missing: it is its age that counts, not how long this leader has led.

    Args:
        job: with the moment of its launch.
        now: the present, by a clock that may be wrong by ten minutes.
    """
    if job.launched_at is None or (now - job.launched_at).total_seconds() < OLD_S:
        return MISSING_PATIENCE_S
    return OLD_MISSING_PATIENCE_S


def launched(job: JobRow, task: TaskView, now: datetime) -> JobRow:
    """The row of a job whose launch ECS accepted."""
    status = after(job.status, Trigger.ACCEPT)
    at = task.created_at or now
    return replace(
        job,
        status=status,
        status_rank=RANK[status],
        task_arn=task.arn,
        launched_at=at,
        start_deadline_at=at + timedelta(seconds=START_DEADLINE_S),
    )


def started(job: JobRow, task: TaskView, timeout_s: int, now: datetime) -> JobRow:
    """The row of a job whose container runs."""
    status = after(job.status, Trigger.START)
    at = task.started_at or now
    return replace(
        job,
        status=status,
        status_rank=RANK[status],
        started_at=at,
        refusals=0,
        waits_since=None,
        deadline_at=at + timedelta(seconds=timeout_s),
    )
