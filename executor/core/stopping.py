"""When a task is to be stopped, how that is said to ECS, and how it is recognised in what ECS says later.

A deadline is judged by ECS's own clock: the moment of its answer against the moments that it gives for the task. So
an executor whose clock is wrong stops nothing early and lets nothing run on. The runner's own watchdog comes first,
because it leaves a manifest; the executor's stop is for a runner that does not answer any more.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from contract.job import JobRow
from contract.states import JobState
from executor.core.tasks import TaskView
from executor.core.transitions import RANK, Trigger, after

WATCHDOG_GRACE_S: Final = 30.0
"""So long after the deadline the runner's own watchdog may take to write why it ended."""

NO_TASK_AFTER_S: Final = 60.0
"""A launch that ECS has not shown for so long did not happen: RunTask's answers and lists are late by seconds."""

STOP_AGAIN_S: Final = 15.0
"""A task that was told to stop and has not is told again: the call may have got lost."""

_PREFIX: Final = "reporting: "


class StopCause(StrEnum):
    """Why this executor stops a task; the text stands in the task's ``stoppedReason``."""

    CANCELLED = "cancelled"
    DEADLINE = "deadline, it ran longer than its timeout_s"
    START_DEADLINE = "start deadline, no container ran in time"


_ASKED: Final = {cause: f"{_PREFIX}{cause}" for cause in StopCause}


def stop_reason(cause: StopCause) -> str:
    """What StopTask is told; it begins with ``reporting:``."""
    return _ASKED[cause]


def cause_in(stopped_reason: str | None) -> StopCause | None:
    """The cause for which this product stopped a task, or None when somebody or something else did."""
    return next((cause for cause, text in _ASKED.items() if stopped_reason == text), None)


def overdue(job: JobRow, task: TaskView) -> StopCause | None:
    """Whether a task that has not stopped is beyond its deadline, by ECS's clock.

    Args:
        job: LAUNCHED or RUNNING, with the deadlines that its row carries.
        task: what ECS says of it; ``seen_at`` is when.
    """
    if task.seen_at is None or task.stopped:
        return None
    if job.status is JobState.LAUNCHED and not task.runs and _passed(job.start_deadline_at, task.seen_at):
        return StopCause.START_DEADLINE
    if job.status is JobState.RUNNING and _passed(job.deadline_at, task.seen_at - timedelta(seconds=WATCHDOG_GRACE_S)):
        return StopCause.DEADLINE
    return None


def _passed(deadline_at: datetime | None, at: datetime) -> bool:
    return deadline_at is not None and at >= deadline_at


def may_be_cancelled(job: JobRow) -> bool:
    """Whether a cancel still changes anything for a job on the board."""
    return job.status in {JobState.CLAIMED, JobState.LAUNCHED, JobState.RUNNING}


def cancelling(job: JobRow) -> JobRow:
    """The row of a job whose task has to be stopped first."""
    status = after(job.status, Trigger.CANCEL)
    return replace(job, status=status, status_rank=RANK[status])


def cancelled(job: JobRow, now: datetime) -> JobRow:
    """The row of a cancelled job of which it is sure that it has no task."""
    status = after(job.status, Trigger.STOP_CONFIRMED)
    return replace(job, status=status, status_rank=RANK[status], finished_at=now)


def adopted(job: JobRow, task: TaskView) -> JobRow:
    """The row of a cancelled job whose task was found after all."""
    return replace(job, task_arn=task.arn, launched_at=job.launched_at or task.created_at)
