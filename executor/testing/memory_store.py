"""The queue in memory: fence, claim, forward-only writes, as the statements in ``sql/queries`` have them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from contract.events import AttemptResult, Event
from contract.job import JobRow
from contract.policy import NO_CAPS, Caps
from contract.report import ReportDefinition
from contract.request import RunRequest
from contract.states import JobState
from executor.batches import Batch, Change
from executor.core.breaker import Breaker
from executor.core.leadership import Leader
from executor.core.reconcile import RowState
from executor.core.transitions import RANK
from executor.port_errors import StateMissingError
from executor.ports import Installed, Unreadable
from executor.testing.faults import Faults
from executor.testing.memory_claim import choose, due_moments
from executor.testing.memory_orders import MemoryOrders
from executor.testing.memory_pauses import Pause, last_words
from executor.testing.memory_queue import (
    Asked,
    Ended,
    Ordered,
    StateRow,
    after_cancel,
    claimed_job,
    is_cancelled,
    judge,
    new_job,
    told,
)


class MemoryStore(MemoryOrders):
    """The ``Store`` port without Snowflake; callers use :meth:`enqueue` and :meth:`define`."""

    def __init__(
        self, now: Callable[[], datetime], *, installation: str = "test", max_queue_age_s: float = 604_800
    ) -> None:
        """``now`` is the store's own clock, UTC."""
        self._now = now
        self._installation = installation
        self._max_queue_age = timedelta(seconds=max_queue_age_s)
        self._changes = 0
        self.leader_row: Leader | None = Leader(0)
        self.intake: dict[str, Asked] = {}
        self.orders: list[Ordered] = []
        self.pauses: dict[str, Pause] = {}
        self.state: dict[str, StateRow] = {}
        self.results: list[AttemptResult] = []
        self.events: list[Event] = []
        self.kept_breaker: Breaker | None = None
        self.types: dict[tuple[str, int], ReportDefinition] = {}
        self.unreadable: dict[tuple[str, int], Unreadable] = {}
        self.silenced: list[str] = []
        self.faults = Faults()

    def enqueue(self, request: RunRequest, *, requested_by: str = "ANALYST", age_s: float = 0.0) -> None:
        """Insert a RUN row, as a procedure would."""
        self.intake[request.request_id] = Asked(request, requested_by, self._now() - timedelta(seconds=age_s))
        self._changes += 1

    def define(self, report_type: str, version: int, definition: ReportDefinition) -> None:
        """Add a version of a report type."""
        self.types[report_type, version] = definition

    async def installation(self) -> Installed:
        """What this queue was installed for."""
        return Installed(self._installation, "reports-bucket")

    async def intake_token(self) -> str:
        """A value that differs after every new request."""
        self.faults.before("intake_token")
        return str(self._changes)

    async def fence(self) -> int:
        """The fence of the leader row."""
        return (await self.leader()).fence

    async def leader(self) -> Leader:
        """The leader row."""
        self.faults.before("leader")
        if self.leader_row is None:
            raise StateMissingError("state_missing: the leader row is gone; run reporting recover")
        return self.leader_row

    async def take_fence(self, known: int, holder: str) -> int | None:
        """Take the next fence if ``known`` is still the current one."""
        self.faults.before("take_fence")
        if not self._holds(known):
            return None
        self.leader_row = Leader(known + 1, holder, f"session of {holder}")
        self.faults.after("take_fence")
        return known + 1

    async def cancel_statements(self, session_id: str) -> None:
        """Nothing to cancel: a statement of this store is over when its answer comes."""
        self.faults.before("cancel_statements")
        self.silenced.append(session_id)

    async def fold(self, fence: int) -> int:  # noqa: ARG002 - as the port has it; a dictionary has no double rows
        """Nothing to fold: this store has one row per request."""
        self.faults.before("fold")
        return 0

    async def quiet(self) -> bool:
        """A statement of this store is over when its answer comes."""
        return True

    async def restamp(self, fence: int) -> None:
        """Give open rows of earlier leaders to this fence."""
        self.faults.before("restamp")
        if self._holds(fence):
            for key, row in self.state.items():
                if row.open:
                    self.state[key] = StateRow(row.job, fence, row.duplicate_of)
        self.faults.after("restamp")

    async def claim(self, fence: int, claim_id: str, slots: int, caps: Caps = NO_CAPS) -> None:
        """Claim due jobs."""
        self.faults.before("claim")
        if self._holds(fence):
            chosen, ended = self._to_claim(slots, caps)
            for key in [key for key, row in self.state.items() if row.open]:
                if is_cancelled(self.intake[key], self.orders):
                    self.state[key] = after_cancel(self.state[key], fence, claim_id, self._now())
            for end in ended:
                self._end(end, fence, claim_id)
            for key in chosen:
                self._take(key, fence, claim_id)
        self.faults.after("claim")

    def _to_claim(self, slots: int, caps: Caps) -> tuple[list[str], list[Ended]]:
        due, ended = judge(self.intake, self.state, self.orders, self._now(), self._max_queue_age)
        open_jobs = [row.job for row in self.state.values() if row.open]
        return choose(due, open_jobs, self.types, last_words(self.pauses, self.orders), slots, caps), ended

    def _end(self, end: Ended, fence: int, claim_id: str) -> None:
        job = new_job(end.asked, end.status, RANK[end.status], claim_id=claim_id, finished_at=self._now())
        self.state[job.request_id] = StateRow(job, fence, end.duplicate_of)

    def _take(self, key: str, fence: int, claim_id: str) -> None:
        known = self.state.get(key)
        job = claimed_job(self.intake[key], known.job if known else None, claim_id, self._now())
        self.state[key] = StateRow(job, fence)

    async def claimed(self, claim_id: str) -> list[JobRow]:
        """The jobs that a claim took, or found cancelled."""
        self.faults.before("claimed")
        rows = [(key, row) for key, row in self.state.items() if row.job.claim_id == claim_id]
        jobs = [told(row.job, cancelled=is_cancelled(self.intake[key], self.orders)) for key, row in rows]
        return self._sorted(job for job in jobs if job is not None)

    async def open_jobs(self) -> list[JobRow]:
        """All jobs that were claimed and have not ended."""
        self.faults.before("open_jobs")
        return self._sorted(row.job for row in self.state.values() if row.open)

    @staticmethod
    def _sorted(jobs: Iterable[JobRow]) -> list[JobRow]:
        return sorted(jobs, key=lambda job: (-job.priority, job.enqueued_at, job.request_id))

    async def waiting(self) -> int:
        """How many jobs nobody claimed yet."""
        self.faults.before("waiting")
        return sum(key not in self.state for key in self.intake)

    async def next_due_s(self) -> float | None:
        """Seconds until a waiting job is due."""
        self.faults.before("next_due_s")
        moments = due_moments(self.intake, self.state, self.orders, last_words(self.pauses, self.orders))
        return min(((moment - self._now()).total_seconds() for moment in moments), default=None)

    async def definitions(
        self, keys: Iterable[tuple[str, int]]
    ) -> dict[tuple[str, int], ReportDefinition | Unreadable]:
        """Report definitions by type and version; those that there are."""
        self.faults.before("definitions")
        there = self.types | self.unreadable
        return {key: there[key] for key in keys if key in there}

    async def write(self, fence: int, batch: Batch) -> int:
        """Write a batch forward; answers how many state rows moved."""
        self.faults.before("write")
        moved = 0
        if self._holds(fence):
            known = {(result.request_id, result.attempt) for result in self.results}
            self.results += [r for r in batch.results if (r.request_id, r.attempt) not in known]
            self.events += batch.events
            moved = sum(self._write(fence, change) for change in batch.changes)
        self.faults.after("write")
        return moved

    async def breaker(self) -> Breaker | None:
        """The circuit breaker of launches, or None."""
        self.faults.before("breaker")
        return self.kept_breaker

    async def write_breaker(self, fence: int, breaker: Breaker) -> None:
        """Keep the circuit breaker of launches."""
        self.faults.before("write_breaker")
        if self._holds(fence):
            self.kept_breaker = breaker
        self.faults.after("write_breaker")

    async def states(self, job_ids: Sequence[str]) -> dict[str, RowState]:
        """What the queue says of each of these jobs at this moment."""
        self.faults.before("states")
        asked = {asked.request.job_id for asked in self.intake.values()}
        found = {job_id: RowState(job_id, job_id in asked) for job_id in job_ids}
        for row in self.state.values():
            job, launched = row.job, row.job.launched_at is not None
            if job.job_id in found and job.status is not JobState.DUPLICATE:
                where = (job.request_id, row.fence, job.status, job.attempt, job.task_arn, launched)
                found[job.job_id] = RowState(job.job_id, job.job_id in asked, *where)
        return found

    async def progress(self, request_ids: Sequence[str]) -> dict[str, tuple[int, int, int]]:
        """How far these rows are; a row that is gone is left out."""
        self.faults.before("progress")
        return {key: self.state[key].job.progress for key in request_ids if key in self.state}

    def _write(self, fence: int, change: Change) -> bool:
        row = self.state.get(change.job.request_id)
        if row is None or not self._owns(row, fence) or not row.open or not self._forward(row.job, change.job):
            return False
        due_at = None if change.due_in_s is None else self._now() + timedelta(seconds=change.due_in_s)
        job = replace(change.job, claim_id=row.job.claim_id, claimed_at=row.job.claimed_at, due_at=due_at)
        self.state[job.request_id] = StateRow(job, row.fence, row.duplicate_of)
        return True

    # The three guards. Each promise that rests on one has a test that goes red without it.

    def _holds(self, fence: int) -> bool:
        return self.leader_row is not None and self.leader_row.fence == fence

    def _owns(self, row: StateRow, fence: int) -> bool:
        return row.fence == fence

    def _forward(self, old: JobRow, new: JobRow) -> bool:
        return new.progress > old.progress
