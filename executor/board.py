"""The jobs that this leader has in hand, shared by the loops of one process."""

import asyncio
from collections.abc import Callable, Iterable

from contract.job import JobRow
from contract.states import TERMINAL, JobState
from executor.core.leadership import may_send
from executor.core.stopping import StopCause, adopted
from executor.core.tasks import TaskView


class Board:
    """Open jobs by request id, and the bells by which one loop wakes the next.

    ``left`` counts the jobs that gave their place back: they ended, or wait for their next try. ``unsent`` are the
    launch tokens of which this reign knows that no task was made with them; ``unanswered`` are those
    of which it does not, each with the last moment (monotonic) at which a launch of it went without an answer.
    ``sent_at_s`` says when this reign sent a token last; infinity while the answer is awaited. ``overtaken`` are the
    cancelled jobs whose attempt ended meanwhile: they wait for their next try, and a claim has to end them.
    """

    def __init__(self, on_step: Callable[[JobRow | None, JobRow], None] = lambda _before, _job: None) -> None:
        """An empty board that leads nothing; ``on_step`` is told of every job before and after it changes."""
        self._on_step = on_step
        self.fence: int | None = None
        self.trusted_until_s = 0.0
        self.jobs: dict[str, JobRow] = {}
        self.to_find: set[str] = set()
        self.unsent: set[str] = set()
        self.unanswered: dict[str, float] = {}
        self.sent_at_s: dict[str, float] = {}
        self.ended: dict[str, TaskView | None] = {}
        self.retries_at_s: dict[str, float] = {}
        self.warehouse_at_s = float("-inf")
        self.rung_at_s: float | None = None
        self.token: str | None = None
        self.looked_at_s = float("-inf")
        self.told: dict[str, TaskView] = {}
        self.backlog = False
        self.to_cancel: dict[str, JobRow] = {}
        self.overtaken: set[str] = set()
        self.to_stop: dict[str, StopCause] = {}
        self.left = 0
        self.look_at_s: dict[str, float] = {}
        self.astray: set[str] = set()
        self.gone: set[str] = set()
        self.claim_bell = asyncio.Event()
        self.launch_bell = asyncio.Event()
        self.watch_bell = asyncio.Event()
        self.settle_bell = asyncio.Event()
        self.cancel_bell = asyncio.Event()
        self.reconcile_bell = asyncio.Event()

    def leads(self, now_s: float) -> bool:
        """Whether this executor may act as leader at this moment of the monotonic clock."""
        return self.fence is not None and now_s < self.trusted_until_s

    def may_send(self, now_s: float) -> bool:
        """Whether a statement that writes may be sent at this moment: it would be over before the trust is."""
        return self.fence is not None and may_send(self.trusted_until_s, now_s)

    def begin(self, fence: int, jobs: Iterable[JobRow]) -> None:
        """Lead under a fence, with what earlier leaders left open."""
        self.end()
        self.fence = fence
        for job in jobs:
            self.put(job)
            if job.status is JobState.CLAIMED and job.launch_token is not None:
                self.to_find.add(job.request_id)
        self.claim_bell.set()
        self.launch_bell.set()
        self.watch_bell.set()
        self.cancel_bell.set()
        self.reconcile_bell.set()

    def end(self) -> None:
        """Lead no longer; forget every job."""
        self.fence = None
        self.jobs.clear()
        self.to_find.clear()
        self.unsent.clear()
        self.unanswered.clear()
        self.sent_at_s.clear()
        self.ended.clear()
        self.retries_at_s.clear()
        self.token = None
        self.told.clear()
        self.backlog = False
        self.to_cancel.clear()
        self.overtaken.clear()
        self.to_stop.clear()
        self.look_at_s.clear()
        self.astray.clear()

    def holds(self, job: JobRow) -> bool:
        """Whether this very row is still the job's: what was cancelled, or taken along, meanwhile is another."""
        return self.jobs.get(job.request_id) is job

    def put(self, job: JobRow) -> None:
        """Keep a job as it now is; one that waits for its next try, or has ended, leaves the board."""
        self._on_step(self.jobs.get(job.request_id), job)
        self.overtaken.discard(job.request_id)
        if job.status in TERMINAL or job.status is JobState.RETRY_WAIT:
            self.told.pop(str(job.task_arn), None)
            self.jobs.pop(job.request_id, None)
            self.ended.pop(job.request_id, None)
            self.look_at_s.pop(job.request_id, None)
            self.to_find.discard(job.request_id)
            self.unsent.discard(str(job.launch_token))
            self.unanswered.pop(str(job.launch_token), None)
            self.sent_at_s.pop(str(job.launch_token), None)
            self.to_stop.pop(job.request_id, None)
            self.retries_at_s.pop(job.request_id, None)
            self.left += 1
            self.gone.add(job.request_id)
            self.claim_bell.set()
            return
        self.jobs[job.request_id] = job
        self.retries_at_s.pop(job.request_id, None)

    def put_back(self, job: JobRow, due_at_s: float | None) -> None:
        """Keep a settled job as it now is; ``due_at_s``, by the monotonic clock, is when it may be claimed again."""
        self.put(job)
        if due_at_s is not None:
            self.retries_at_s[job.request_id] = due_at_s

    def lose(self, request_ids: Iterable[str]) -> None:
        """Forget jobs whose rows are not what was written: whoever claims or adopts them next begins from the row."""
        for key in request_ids:
            for kept in (self.jobs, self.ended):
                kept.pop(key, None)
            self.to_find.discard(key)
            self.look_at_s.pop(key, None)
            self.retries_at_s[key] = 0.0
            self.astray.add(key)
        self.claim_bell.set()
        self.reconcile_bell.set()

    def take(self, job: JobRow) -> None:
        """Take an open row on the board, as it stands in the queue; a launch of it may be on its way."""
        self.put(job)
        if job.status is JobState.CLAIMED and job.launch_token is not None:
            self.to_find.add(job.request_id)
        self.launch_bell.set()
        self.watch_bell.set()

    def search(self, job: JobRow) -> None:
        """Look for a task of a claimed job before its launch is sent again."""
        self.to_find.add(job.request_id)
        self.launch_bell.set()

    def end_of_task(self, job: JobRow, task: TaskView | None) -> None:
        """Hand a job whose task stopped, or was forgotten, to the settle loop."""
        self.ended[job.request_id] = task
        self.settle_bell.set()

    def hasten(self, request_id: str) -> None:
        """Look at a job's task at once, for example because somebody says that it changed."""
        self.look_at_s.pop(request_id, None)
        self.watch_bell.set()

    def ring(self, now_s: float) -> None:
        """Somebody says that there is a new request: look now, and a few times more."""
        self.rung_at_s = now_s
        self.claim_bell.set()

    def ask_to_cancel(self, job: JobRow) -> None:
        """Hand a job that somebody cancelled, as its row stands, to the cancel loop."""
        self.to_cancel[job.request_id] = job
        self.cancel_bell.set()

    def adopt(self, job: JobRow, task: TaskView) -> None:
        """Give a job that was cancelled while it was launched the task that came of it."""
        held = self.jobs.get(job.request_id)
        if held is not None and held.task_arn is None and (held.attempt, held.launch_try) == job.progress[:2]:
            self.put(adopted(held, task))
            self.cancel_bell.set()

    def overdue(self, job: JobRow, cause: StopCause) -> None:
        """Hand a job whose task has run, or started, too long to the cancel loop."""
        if self.to_stop.get(job.request_id) is not cause:
            self.to_stop[job.request_id] = cause
            self.cancel_bell.set()

    @property
    def places(self) -> int:
        """How many jobs take a place: those on the board, and those that went astray, whose tasks may run."""
        return len(self.jobs.keys() | self.astray)

    def to_launch(self) -> list[JobRow]:
        """Jobs that have no task yet."""
        return [job for job in self.jobs.values() if job.status is JobState.CLAIMED]

    def to_watch(self) -> list[JobRow]:
        """Jobs whose task may still run."""
        return [
            job
            for job in self.jobs.values()
            if job.status in {JobState.LAUNCHED, JobState.RUNNING, JobState.CANCELLING}
            and job.task_arn is not None
            and job.request_id not in self.ended
        ]
