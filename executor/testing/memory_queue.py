"""The queue's rows in memory, and what a claim makes of them: the same rules as ``claim.sql``."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from contract.commands import Command, CommandKind
from contract.job import JobRow
from contract.request import RunRequest
from contract.states import JobState
from executor.core.transitions import RANK

_KEPT: Final = (
    "capacity_provider",
    "cpu",
    "memory_mb",
    "interruptions",
    "refusals",
    "waits_since",
    "cost_usd",
    "user_failures",
    "infra_failures",
)
"""What a job brings along from its last try."""


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
class Ordered:
    """A row of the intake that is no RUN: what somebody ordered, and of what (a job, or a type; ``*`` is all)."""

    request_id: str
    kind: CommandKind
    target: str | None
    at: datetime
    ordered_by: str = "ANALYST"
    keep_days: int | None = None

    def command(self) -> Command:
        """As whoever carries it out reads it."""
        return Command(
            request_id=self.request_id,
            kind=self.kind,
            report_type=self.target,
            keep_days=self.keep_days,
            ordered_by=self.ordered_by,
            at=self.at,
        )


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
    """A request that a claim ends on the way: a duplicate of that job, else cancelled, or too old."""

    asked: Asked
    duplicate_of: str | None
    cancelled: bool = False

    @property
    def status(self) -> JobState:
        """How it ends."""
        if self.duplicate_of is not None:
            return JobState.DUPLICATE
        return JobState.CANCELLED if self.cancelled else JobState.EXPIRED


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


def claimed_job(asked: Asked, waited: JobRow | None, claim_id: str, now: datetime) -> JobRow:
    """The row of a job that is claimed for the first time, or again after the wait that ``waited`` is."""
    facts = {"claim_id": claim_id, "claimed_at": now}
    if waited is None:
        return new_job(asked, JobState.CLAIMED, RANK[JobState.CLAIMED], **facts, attempt=1)
    ran = waited.launched_at is not None
    kept = {name: getattr(waited, name) for name in _KEPT}
    return new_job(
        asked,
        JobState.CLAIMED,
        RANK[JobState.CLAIMED],
        **facts,
        **kept,
        attempt=waited.attempt + 1 if ran else waited.attempt,
        launch_try=0 if ran else waited.launch_try + 1,
    )


def is_cancelled(asked: Asked, orders: Iterable[Ordered]) -> bool:
    """Whether somebody cancelled this job after it was asked for."""
    return any(
        order.kind is CommandKind.CANCEL and order.target == asked.request.job_id and order.at >= asked.enqueued_at
        for order in orders
    )


def after_cancel(row: StateRow, fence: int, claim_id: str, now: datetime) -> StateRow:
    """What a claim makes of a cancelled job: one that waits has ended, one that may have a task is to be stopped."""
    job = row.job
    if job.status is JobState.RETRY_WAIT:
        ended = replace(
            job,
            status=JobState.CANCELLED,
            status_rank=RANK[JobState.CANCELLED],
            finished_at=now,
            claim_id=claim_id,
            due_at=None,
        )
        return replace(row, job=ended, fence=fence)
    if job.status is JobState.CANCELLING:
        return row
    # The rank stays: what the executor knows of the task, and has not written yet, is still to arrive.
    return replace(row, job=replace(job, status=JobState.CANCELLING, claim_id=claim_id))


def told(job: JobRow, *, cancelled: bool) -> JobRow | None:
    """How a claim tells of a row that carries its id, whatever was written to it since; None when not at all."""
    if job.status in {JobState.CLAIMED, JobState.LAUNCHED, JobState.RUNNING} and cancelled:
        return replace(job, status=JobState.CANCELLING)
    claimed = job.status in {JobState.CLAIMED, JobState.CANCELLING}
    ended = job.status is JobState.CANCELLED and job.claimed_at is not None
    return job if claimed or ended or (job.status is JobState.RETRY_WAIT and cancelled) else None


def judge(
    intake: Mapping[str, Asked],
    state: Mapping[str, StateRow],
    orders: Collection[Ordered],
    now: datetime,
    max_queue_age: timedelta,
) -> tuple[list[Asked], list[Ended]]:
    """The requests that are due, the oldest first, and the requests that end without running.

    Args:
        intake: every RUN row by request id.
        state: every state row by request id.
        orders: every other row of the intake.
        now: the store's clock.
        max_queue_age: an unclaimed request older than this expires.
    """
    fresh = sorted((asked for key, asked in intake.items() if key not in state), key=lambda asked: asked.order)
    overdue = {asked.request.request_id for asked in fresh if _waits_since(asked) < now - max_queue_age}
    cancelled = {asked.request.request_id for asked in fresh if is_cancelled(asked, orders)}
    passing = overdue | cancelled
    taken = {row.job.job_id for row in state.values()}
    ended, due = [], []
    for asked in fresh:
        key, job_id = asked.request.request_id, asked.request.job_id
        duplicate_of = job_id if job_id in taken else _same_key(asked, fresh, passing, intake, state)
        taken.add(job_id)
        if duplicate_of is not None or key in passing:
            ended.append(Ended(asked, duplicate_of, key in cancelled))
        elif asked.request.not_before is None or asked.request.not_before <= now:
            due.append(asked)
    due += [
        intake[key]
        for key, row in state.items()
        if _waits_for_retry(row, now) and not is_cancelled(intake[key], orders)
    ]
    return sorted(due, key=lambda asked: asked.order), ended


def _waits_since(asked: Asked) -> datetime:
    return max(asked.enqueued_at, asked.request.not_before or asked.enqueued_at)


def _waits_for_retry(row: StateRow, now: datetime) -> bool:
    return row.job.status is JobState.RETRY_WAIT and row.job.due_at is not None and row.job.due_at <= now


def _same_key(
    asked: Asked,
    fresh: Iterable[Asked],
    passing: set[str],
    intake: Mapping[str, Asked],
    state: Mapping[str, StateRow],
) -> str | None:
    # The job that holds the dedupe key of a request, if another does.
    request = asked.request
    if request.dedupe_key is None:
        return None
    open_jobs = [
        row.job.job_id
        for key, row in state.items()
        if row.open and intake[key].request.dedupe_key == request.dedupe_key
    ]
    if open_jobs:
        return min(open_jobs)
    # One that ends without running holds its key against nobody.
    same_key = [other for other in fresh if other.request.dedupe_key == request.dedupe_key]
    same_key.sort(key=lambda other: (other.request.request_id in passing, *other.order))
    first = same_key[0].request.job_id
    return first if first != request.job_id else None
