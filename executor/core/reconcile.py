"""What to do about tasks that run and rows that are open when the two do not know of each other.

**Whose a task is** stands in its ``startedBy``: ``reporting/<installation>/<job>/<attempt>``. What does not say so, or
names another installation, is none of ours and is never touched. **Young tasks are left alone:** RunTask's answers get
lost and rows are written a little later than things happen; after ten minutes all that has come to rest.

**A living task is stopped only when its job has no use for it:** the job ended, or went on to a later attempt, or was
forgotten altogether, and that stands in a row that was just read, under a fence that is still ours. In every other
case the task is adopted, or left to what will find it: of two tasks of one attempt only the one that holds the start
marker works, and the other ends by itself; a request that nobody claimed yet finds its task by its token.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Final

from contract.ids import started_by
from contract.job import JobRow
from contract.states import TERMINAL, JobState
from executor.core.tasks import TaskView

ORPHAN_AFTER_S: Final = 600.0
"""Younger tasks are not judged."""

STOP_REASON: Final = "reporting: orphan, "


class Step(Enum):
    """What to do about a task that the board does not have."""

    SEARCH = auto()
    """Its row was claimed and has no task: look for it by its tag, and adopt it."""
    TAKE = auto()
    """Its row says that it runs: take the row on the board again."""
    STOP = auto()
    LEAVE = auto()


@dataclass(frozen=True, slots=True)
class Owner:
    """The job and attempt that a task works for."""

    job_id: str
    attempt: int


@dataclass(frozen=True, slots=True)
class RowState:
    """What the queue says of a job at this moment.

    Attributes:
        job_id: the job.
        asked: whether its request is in the intake.
        request_id: of its state row.
        fence: under which its row is; None, like all that follows, when it has no row.
        status: how far it is.
        attempt: its latest attempt.
        task_arn: its task.
        launched: whether this attempt was launched.
    """

    job_id: str
    asked: bool
    request_id: str | None = None
    fence: int | None = None
    status: JobState | None = None
    attempt: int = 0
    task_arn: str | None = None
    launched: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A step, and why it is taken."""

    step: Step
    why: str


def owner(task: TaskView, installation: str) -> Owner | None:
    """For which job of this installation a task was started; None when for none."""
    parts = (task.started_by or "").split("/")
    if len(parts) != 4 or not parts[3].isdigit():
        return None
    found = Owner(parts[2], int(parts[3]))
    return found if task.started_by == started_by(installation, found.job_id, found.attempt) else None


def may_be_judged(task: TaskView, now: datetime) -> bool:
    """Whether a task runs for so long that its row must know of it.

    Args:
        task: with the moment of its creation.
        now: the present by the clock of ECS, which the creation is told by too.
    """
    if task.stopped or task.created_at is None:
        return False
    return (now - task.created_at).total_seconds() >= ORPHAN_AFTER_S


def state_of(job: JobRow, fence: int) -> RowState:
    """What the board knows of a job, which is never older than what stands in the queue."""
    launched = job.launched_at is not None
    return RowState(job.job_id, True, job.request_id, fence, job.status, job.attempt, job.task_arn, launched)


def judge(task: TaskView, whose: Owner, row: RowState) -> Finding:
    """What to do about a task of ours that runs and that the board does not have.

    Args:
        task: what ECS says of it.
        whose: as its tag says.
        row: what the queue says of the job, just read.
    """
    if row.status is None:
        asked = Finding(Step.LEAVE, "its request has not been claimed")
        return asked if row.asked else Finding(Step.STOP, "its job is not known any more")
    if row.status in TERMINAL:
        return Finding(Step.STOP, f"its job ended {row.status}")
    if row.attempt != whose.attempt:
        later = row.attempt > whose.attempt
        return Finding(Step.STOP, f"its job is at attempt {row.attempt}") if later else _ahead(row)
    if row.status is JobState.CLAIMED:
        return Finding(Step.SEARCH, "its launch was not heard of")
    if row.status is JobState.RETRY_WAIT:
        waits = Finding(Step.LEAVE, "its job waits to be launched, and will find it")
        return Finding(Step.STOP, "its attempt was given up") if row.launched else waits
    if row.task_arn == task.arn:
        return Finding(Step.TAKE, "its row was lost sight of")
    return Finding(Step.LEAVE, "another task of its attempt is known; the start marker lets one of them work")


def _ahead(row: RowState) -> Finding:
    return Finding(Step.LEAVE, f"its row is behind it, at attempt {row.attempt}: state was lost")
