"""Watches tasks: by hundreds, never one by one."""

from collections import defaultdict
from dataclasses import dataclass

import structlog

from contract.events import JobEvent
from contract.job import JobRow
from contract.states import JobState
from executor.batches import Change
from executor.board import Board
from executor.core import settle, stopping, watch
from executor.core.cadence import next_look_s
from executor.core.tasks import TaskView
from executor.core.watch import Sight
from executor.means import Means
from executor.port_errors import ThrottledError
from executor.ports import Clock, Launcher
from executor.writer import Writer

ASKED_WITHIN_S = 2.0
"""As much is asked in one round as the read budget allows within this time; the rest comes next, longest due first."""
PER_CALL = 100
"""DescribeTasks takes at most 100 tasks (ECS API reference)."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Pauses:
    """The shortest and the longest pause between two looks at one task, in seconds."""

    least_s: float
    most_s: float


class Watch:
    """From LAUNCHED to RUNNING, and on to the settle loop when a task has ended."""

    def __init__(
        self, launcher: Launcher, means: Means, board: Board, writer: Writer, clock: Clock, pauses: Pauses
    ) -> None:
        """Reads tasks, never changes one."""
        self._launcher = launcher
        self._reads, self._breakers, self._profiles = means.budgets.reads, means.breakers, means.profiles
        self._pauses = pauses
        self._definitions = means.definitions
        self._board = board
        self._writer = writer
        self._clock = clock
        self._missing_since_s: dict[str, float] = {}
        self._seen: dict[str, tuple[str | None, JobState, float]] = {}

    async def tick(self) -> None:
        """Look at every task that may have changed."""
        jobs = self._due()
        if not jobs or not self._board.leads(self._clock.monotonic_s()):
            return
        await self._definitions.fetch(jobs)
        by_cluster: dict[str, list[JobRow]] = defaultdict(list)
        for job in jobs:
            by_cluster[_cluster_of(job)].append(job)
        for cluster, members in by_cluster.items():
            for start in range(0, len(members), PER_CALL):
                await self._look_at(cluster, members[start : start + PER_CALL])

    def _due(self) -> list[JobRow]:
        # One look at a hundred tasks costs what a look at one does: those that are due next come along, and what does
        # not fill a look of its own waits for the next round, where it comes first.
        now_s = self._clock.monotonic_s()
        jobs = self._board.to_watch()
        due = sum(self._look_at_s(job) <= now_s for job in jobs)
        if not due:
            return []
        jobs.sort(key=self._look_at_s)
        if len(self._seen) > 2 * len(jobs):
            self._seen = {job.request_id: self._seen[job.request_id] for job in jobs if job.request_id in self._seen}
        calls = max(1, min(due // PER_CALL, self._reads.ahead(ASKED_WITHIN_S)))
        return jobs[: calls * PER_CALL]

    def _look_at_s(self, job: JobRow) -> float:
        # What is being stopped is looked at in every round.
        stopping_now = job.status is JobState.CANCELLING or job.request_id in self._board.to_stop
        return 0.0 if stopping_now else self._board.look_at_s.get(job.request_id, 0.0)

    async def _look_at(self, cluster: str, jobs: list[JobRow]) -> None:
        await self._reads.take()
        try:
            tasks = await self._launcher.describe(cluster, [str(job.task_arn) for job in jobs])
        except ThrottledError:
            self._reads.throttled()
            raise
        self._reads.granted()
        for job in jobs:
            if not self._board.holds(job):
                continue
            try:
                self._take(job, tasks.get(str(job.task_arn)))
                if (now := self._board.jobs.get(job.request_id)) is not None:
                    self._look_again(now)
            except Exception:
                # One job's trouble is its own: the others are looked at all the same.
                log.exception("watching failed", action="watch_fault", **job.marks)

    def _look_again(self, job: JobRow) -> None:
        now_s = self._clock.monotonic_s()
        arn, status, since_s = self._seen.get(job.request_id, (job.task_arn, job.status, now_s))
        if (arn, status) != (job.task_arn, job.status):
            since_s = now_s
        self._seen[job.request_id] = (job.task_arn, job.status, since_s)
        missing = str(job.task_arn) in self._missing_since_s
        age_s = 0.0 if missing else now_s - since_s
        # Rounds come a little early or late; what is due in the midst of two belongs to the first.
        pause_s = next_look_s(age_s, self._pauses.least_s, self._pauses.most_s) - self._pauses.least_s / 2
        self._board.look_at_s[job.request_id] = now_s + pause_s

    def _take(self, job: JobRow, task: TaskView | None) -> None:
        cause = None if task is None else stopping.overdue(job, task)
        if cause is not None:
            self._board.overdue(job, cause)
        if task is None:
            # What ECS does not know any more may have told us of its end.
            task = self._board.told.get(str(job.task_arn))
        # While there are old hints to be read, one of them may tell it.
        patience_s = watch.MISSING_PATIENCE_S if self._board.backlog else watch.patience_s(job, self._clock.now())
        match watch.look(job, task, self._missing_for_s(job, task), patience_s):
            case Sight.STARTED if task is not None:
                timeout_s = self._definitions.effective(job).timeout_s
                running = watch.started(job, task, timeout_s, self._clock.now())
                self._board.put(running)
                self._breakers.ran(self._profiles.task_definition_of(job))
                started = settle.event(running, JobEvent.STARTED, self._clock.now())
                self._writer.put(Change(running), events=(started,), waits_since_s=self._clock.monotonic_s())
                log.info("running", action="started", **job.marks)
            case Sight.ENDED:
                self._missing_since_s.pop(str(job.task_arn), None)
                self._board.end_of_task(job, task)
            case _:
                pass

    def _missing_for_s(self, job: JobRow, task: TaskView | None) -> float:
        if task is not None:
            self._missing_since_s.pop(str(job.task_arn), None)
            return 0.0
        now_s = self._clock.monotonic_s()
        return now_s - self._missing_since_s.setdefault(str(job.task_arn), now_s)


def _cluster_of(job: JobRow) -> str:
    # arn:aws:ecs:<region>:<account>:task/<cluster>/<id>
    return str(job.task_arn).split("/")[1]
