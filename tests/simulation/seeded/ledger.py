"""Keeps the books of a scenario: each change is looked at when it happens, and what must never happen is written down.

The rules are those of the design's list of invariants, by the same names.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from contract.job import JobRow
from contract.outcome import Blame
from contract.states import TERMINAL, JobState
from executor.core.leadership import LEASE_S, STATEMENT_TIMEOUT_S
from executor.core.transitions import RANK, Trigger
from executor.testing.memory_queue import StateRow
from tests.simulation.seeded.plan import REPORTS_FAULT, Act, Fault

if TYPE_CHECKING:
    from tests.simulation.seeded.stage import Stage

MAX_ATTEMPTS = 3
_CLAIMS = {
    (None, JobState.CLAIMED): (JobState.QUEUED, Trigger.CLAIM),
    (None, JobState.DUPLICATE): (JobState.QUEUED, Trigger.DUPLICATE),
    (None, JobState.EXPIRED): (JobState.QUEUED, Trigger.OVERDUE),
    (None, JobState.CANCELLED): (JobState.QUEUED, Trigger.CANCEL),
    (JobState.RETRY_WAIT, JobState.CLAIMED): (JobState.RETRY_WAIT, Trigger.CLAIM),
    (JobState.RETRY_WAIT, JobState.CANCELLED): (JobState.RETRY_WAIT, Trigger.CANCEL),
    (JobState.CLAIMED, JobState.CANCELLING): (JobState.CLAIMED, Trigger.CANCEL),
    (JobState.LAUNCHED, JobState.CANCELLING): (JobState.LAUNCHED, Trigger.CANCEL),
    (JobState.RUNNING, JobState.CANCELLING): (JobState.RUNNING, Trigger.CANCEL),
}
"""Steps that the store takes by itself, inside a claim."""


class WatchedRows(dict[str, StateRow]):
    """The state table; every change of it passes the ledger."""

    def __init__(self, ledger: "Ledger") -> None:
        super().__init__()
        self._ledger = ledger

    def __setitem__(self, key: str, row: StateRow) -> None:
        old = self.get(key)
        super().__setitem__(key, row)
        self._ledger.row_changed(key, old, row)


class Ledger:
    """What happened so far, and what of it must not have happened."""

    def __init__(self, stage: "Stage") -> None:
        self._stage = stage
        self.broken: list[str] = []
        self.steps: set[tuple[JobState, Trigger]] = set()
        self.acts: dict[str, dict[int, Act]] = defaultdict(dict)
        self._requests: dict[str, set[str]] = defaultdict(set)
        self._writing: int | None = None
        self._first_that_counts = 0

    def breaks(self, rule: str, what: str) -> None:
        """Something happened that must not."""
        self.broken.append(f"{rule}: {what} (at {self._stage.now_s:.3f} s)")
        self._stage.over.set()

    @contextmanager
    def by(self, fence: int | None) -> Iterator[None]:
        """All changes inside are made by whoever holds this fence."""
        before, self._writing = self._writing, fence
        yield
        self._writing = before

    def reign_begins(self, fence: int) -> None:
        """A leader gave the open rows to his fence: from now on nobody before him may change anything."""
        self._first_that_counts = max(self._first_that_counts, fence)

    def row_changed(self, key: str, old: StateRow | None, new: StateRow) -> None:
        """A row of the state table took a new value."""
        if self._writing is None or self._writing < self._first_that_counts:
            self.breaks("stale_writes_change_nothing", f"{key} by fence {self._writing}")
        if key not in self._stage.store.intake:
            self.breaks("no_job_lost", f"{key} has a state and no request")
        if old is not None and new.job is old.job:
            return
        self._requests[new.job.job_id].add(key)
        self._moves(key, old, new)
        self._within_budget(new.job)
        step = _CLAIMS.get((old.job.status if old else None, new.job.status))
        if step is not None:
            self.steps.add(step)
        if new.job.status in TERMINAL:
            self._ended(new)
            self._stage.one_ended()

    def _moves(self, key: str, old: StateRow | None, new: StateRow) -> None:
        if old is None:
            return
        if old.job.status in TERMINAL:
            self.breaks("terminal_is_forever", f"{key} was {old.job.status}, is {new.job.status}")
        if old.fence != self._writing:
            self.breaks("stale_writes_change_nothing", f"{key} of fence {old.fence} by fence {self._writing}")
        # A claim notes a cancel on the row and leaves its rank, so that what is known of the task still arrives.
        noted = new.job.status is JobState.CANCELLING and new.job.progress == old.job.progress
        if new.job.progress <= old.job.progress and not noted:
            self.breaks("only_forward", f"{key} from {old.job.progress} to {new.job.progress}")

    def _ended(self, row: StateRow) -> None:
        job = row.job
        if job.status is JobState.SUCCEEDED and self.acts[job.job_id].get(job.attempt) is not Act.DONE:
            self.breaks("success_implies_artifacts", f"{job.job_id}/{job.attempt}: {self.acts[job.job_id]}")
        if job.status is JobState.FAILED:
            self._failed(job)
        if job.status is JobState.CANCELLED:
            self._cancelled(job)
        charged = sum(act in REPORTS_FAULT for act in self.acts[job.job_id].values())
        if job.user_failures > charged:
            self.breaks("blame_where_it_belongs", f"{job.job_id} pays {job.user_failures}, caused {charged}")

    def _cancelled(self, job: JobRow) -> None:
        if at_work := self._stage.containers.at_work(job.job_id):
            self.breaks("cancelled_means_stopped", f"{job.job_id} has {at_work}")
        if self.acts[job.job_id].get(job.attempt) is Act.DONE and job.launched_at is not None:
            self.breaks("what_was_made_counts", f"{job.job_id}/{job.attempt} was made before its cancel took effect")

    def nothing_sent_without_trust(self, name: str, age_s: float) -> None:
        """A writing statement leaves an executor whose lease was renewed so many seconds ago."""
        if age_s + STATEMENT_TIMEOUT_S > LEASE_S:
            self.breaks("nothing_sent_without_trust", f"{name}, {age_s:.1f} s after its lease was renewed")

    def task_created(self, job_id: str, attempt: int, token: str) -> None:
        """RunTask made a task; the row must have said so before."""
        state = self._stage.store.state
        rows = [state[key].job for key in self._requests[job_id] if key in state]
        if not any(job.launch_token == token or job.progress > (attempt, 1, RANK[JobState.CLAIMED]) for job in rows):
            self.breaks("intent_before_launch", f"{job_id}/{attempt}: {[job.progress for job in rows]}")

    def _within_budget(self, job: JobRow) -> None:
        if job.user_failures > MAX_ATTEMPTS or job.infra_failures > self._stage.max_infra_failures + 1:
            self.breaks("a_poison_job_ends", f"{job.job_id} failed {job.user_failures} + {job.infra_failures} times")

    def _failed(self, job: JobRow) -> None:
        verdicts = [
            result.verdict
            for result in self._stage.store.results
            if (result.request_id, result.attempt) == (job.request_id, job.attempt) and result.verdict is not None
        ]
        if not job.failure_class or not any(verdict.diagnosis and verdict.remedy for verdict in verdicts):
            self.breaks("every_end_has_a_cause", job.job_id)
        # The cloud's faults end a job only when its budget for them is used up.
        forbidden = job.launched_at is None and self._stage.plan.has(Fault.FORBIDDEN)
        within = job.infra_failures <= self._stage.max_infra_failures and not forbidden
        if within and all(v.blame is not Blame.REPORT for v in verdicts):
            self.breaks("blame_where_it_belongs", f"{job.job_id} ended after {job.infra_failures} faults of the cloud")
