"""Several executors with fences old and new write one queue; a plain model says what each statement may change."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from contract.events import AttemptResult, JobEvent
from contract.job import JobRow
from contract.request import RunRequest
from contract.states import JobState
from executor.batches import Batch, Change
from executor.core.settle import event
from executor.core.transitions import RANK
from tests.conformance.ports.stores import Queue, Seen
from tests.jobs import NOW, request

WRITTEN = (JobState.LAUNCHED, JobState.RUNNING, JobState.RETRY_WAIT, JobState.SUCCEEDED, JobState.FAILED)
LONG_S = 3_600.0


class Fences(RuleBasedStateMachine):
    """The writing statements, sent by executors that lead, that did lead, and that believe in attempts long gone."""

    queue: ClassVar[Queue]
    loop: ClassVar[asyncio.AbstractEventLoop]

    fences = Bundle("fences")
    rows = Bundle("rows")

    def __init__(self) -> None:
        super().__init__()
        self.asked: dict[str, RunRequest] = {}
        self.model: dict[str, Seen] = {}
        self.progress: dict[str, tuple[int, int, int]] = {}
        self.fence = self._wait(self.queue.store.fence())
        self.history = self.queue.history()
        self.claims = 0

    def _wait(self, call: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(call)

    @rule()
    def ask(self) -> None:
        """A caller asks for a report."""
        if len(self.asked) < 4:
            asked = request()
            self.asked[asked.request_id] = asked
            self.queue.enqueue(asked)

    @rule(target=fences)
    def take_over(self) -> int:
        """The next executor takes the fence; the open rows are still the last one's."""
        fence: int = self._wait(self.queue.store.take_fence(self.fence, f"executor-{self.fence + 1}"))
        assert fence == self.fence + 1
        self.fence = fence
        return fence

    @rule(known=fences)
    def take_over_too_late(self, known: int) -> None:
        """Somebody who knows an old fence tries to take the next one."""
        if known < self.fence:
            assert self._wait(self.queue.store.take_fence(known, "late")) is None

    @rule(fence=fences)
    def restamp(self, fence: int) -> None:
        """An executor gives the open rows to its fence; nobody but the leader can."""
        self._wait(self.queue.store.restamp(fence))
        if fence == self.fence:
            for key, row in self.model.items():
                if row.status not in {JobState.SUCCEEDED, JobState.FAILED}:
                    self.model[key] = Seen(row.status, row.attempt, row.launch_try, fence, None)

    @rule(target=rows, fence=fences)
    def claim(self, fence: int) -> list[JobRow]:
        """An executor claims; a stale one takes nothing."""
        self.claims += 1
        claim_id = f"claim-{self.fence}-{self.claims}"
        self._wait(self.queue.store.claim(fence, claim_id, 50))
        jobs: list[JobRow] = self._wait(self.queue.store.claimed(claim_id))
        fresh = set(self.asked) - set(self.model) if fence == self.fence else set()
        assert {job.request_id for job in jobs} == fresh
        for job in jobs:
            self.model[job.request_id] = Seen(JobState.CLAIMED, 1, 0, fence, None)
            self.progress[job.request_id] = (1, 0, RANK[JobState.CLAIMED])
        return jobs

    @rule(
        fence=fences,
        jobs=rows,
        status=st.sampled_from(WRITTEN),
        attempt=st.integers(1, 3),
        launch_try=st.integers(0, 2),
    )
    def write(self, fence: int, jobs: list[JobRow], status: JobState, attempt: int, launch_try: int) -> None:
        """An executor writes what it believes of jobs, with its results and history."""
        finished = NOW if status in {JobState.SUCCEEDED, JobState.FAILED} else None
        told: dict[str, Any] = {"status": status, "status_rank": RANK[status], "finished_at": finished}
        believed = [replace(job, **told, attempt=attempt, launch_try=launch_try) for job in jobs]
        moves = {job.request_id for job in believed if self._moves(fence, job)}
        batch = Batch([Change(job, LONG_S) for job in believed], [], [])
        batch.results = [_result(job) for job in believed]
        batch.events = [event(job, JobEvent.STOPPED, NOW) for job in believed]
        assert self._wait(self.queue.store.write(fence, batch)) == len(moves)
        for job in believed:
            if job.request_id in moves:
                self.model[job.request_id] = Seen(status, attempt, launch_try, fence, None)
                self.progress[job.request_id] = job.progress
        if fence != self.fence:
            assert self.queue.history() == self.history, "a stale executor wrote history"
        self.history = self.queue.history()

    def _moves(self, fence: int, job: JobRow) -> bool:
        row = self.model[job.request_id]
        return fence == self.fence == row.fence and job.progress > self.progress[job.request_id]

    @invariant()
    def every_row_is_as_the_model_has_it(self) -> None:
        """Nobody else changed anything."""
        for key, asked in self.asked.items():
            assert self.queue.seen(asked) == self.model.get(key)


def _result(job: JobRow) -> AttemptResult:
    fields: dict[str, Any] = dict.fromkeys(AttemptResult.model_fields)
    return AttemptResult(
        **{**fields, "request_id": job.request_id, "job_id": job.job_id, "attempt": job.attempt, "at": NOW}
    )
