"""The queue's rows in memory, and what a claim makes of them: the same rules as ``claim.sql``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from contract.job import JobRow
from contract.request import RunRequest
from contract.states import JobState


@dataclass(frozen=True, slots=True)
class Asked:
    """A RUN row of the intake."""

    request: RunRequest
    requested_by: str
    enqueued_at: datetime

    @property
    def order(self) -> tuple[datetime, str]:
        """Age, and the request id where two came at the same moment."""
        return (self.enqueued_at, self.request.request_id)


@dataclass(frozen=True, slots=True)
class StateRow:
    """A row of the state table; ``job`` carries the columns that the executor reads."""

    job: JobRow
    fence: int
    duplicate_of: str | None = None

    @property
    def open(self) -> bool:
        """Whether the job has not ended."""
        return self.job.finished_at is None


@dataclass(frozen=True, slots=True)
class Ended:
    """A request that a claim ends on the way: a duplicate of that job, or too old when there is none."""

    asked: Asked
    duplicate_of: str | None

    @property
    def status(self) -> JobState:
        """How it ends."""
        return JobState.EXPIRED if self.duplicate_of is None else JobState.DUPLICATE


def new_job(asked: Asked, status: JobState, rank: int, **more: Any) -> JobRow:
    """The row of a request that gets its first state."""
    request = asked.request
    return JobRow(
        request_id=request.request_id,
        job_id=request.job_id,
        report_type=request.report_type,
        report_version=request.report_version,
        params=request.params,
        options=request.options.model_dump(mode="json", exclude_none=True),
        business_date=request.business_date,
        priority=request.priority,
        requested_by=asked.requested_by,
        trace_id=request.trace_id,
        enqueued_at=asked.enqueued_at,
        status=status,
        status_rank=rank,
        **{"attempt": 0, "launch_try": 0, **more},
    )


def judge(
    intake: Mapping[str, Asked], state: Mapping[str, StateRow], now: datetime, max_queue_age: timedelta
) -> tuple[list[str], list[Ended]]:
    """The request ids that are due, best first, and the requests that end without running.

    Args:
        intake: every RUN row by request id.
        state: every state row by request id.
        now: the store's clock.
        max_queue_age: an unclaimed request older than this expires.
    """
    fresh = sorted((asked for key, asked in intake.items() if key not in state), key=lambda asked: asked.order)
    overdue = {asked.request.request_id for asked in fresh if _waits_since(asked) < now - max_queue_age}
    ended, due = [], []
    for asked in fresh:
        duplicate_of = _duplicate_of(asked, fresh, overdue, intake, state)
        if duplicate_of is not None or asked.request.request_id in overdue:
            ended.append(Ended(asked, duplicate_of))
        elif asked.request.not_before is None or asked.request.not_before <= now:
            due.append(asked)
    due += [intake[key] for key, row in state.items() if _waits_for_retry(row, now)]
    due.sort(key=lambda asked: (-asked.request.priority, *asked.order))
    return [asked.request.request_id for asked in due], ended


def _waits_since(asked: Asked) -> datetime:
    return max(asked.enqueued_at, asked.request.not_before or asked.enqueued_at)


def _waits_for_retry(row: StateRow, now: datetime) -> bool:
    return row.job.status is JobState.RETRY_WAIT and row.job.due_at is not None and row.job.due_at <= now


def _duplicate_of(
    asked: Asked,
    fresh: Iterable[Asked],
    overdue: set[str],
    intake: Mapping[str, Asked],
    state: Mapping[str, StateRow],
) -> str | None:
    request = asked.request
    if any(row.job.job_id == request.job_id for row in state.values()):
        return request.job_id
    same_job = [other for other in fresh if other.request.job_id == request.job_id]
    if same_job[0] is not asked:
        return request.job_id
    if request.dedupe_key is None:
        return None
    open_jobs = [
        row.job.job_id
        for key, row in state.items()
        if row.open and intake[key].request.dedupe_key == request.dedupe_key
    ]
    if open_jobs:
        return min(open_jobs)
    same_key = [other for other in fresh if other.request.dedupe_key == request.dedupe_key]
    same_key.sort(key=lambda other: (other.request.request_id in overdue, *other.order))
    first = same_key[0].request.job_id
    return first if first != request.job_id else None
