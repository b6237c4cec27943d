"""Watches tasks: by hundreds, never one by one."""

from collections import defaultdict

import structlog

from contract.events import JobEvent
from contract.job import JobRow
from executor.board import Board
from executor.core import settle, stopping, watch
from executor.core.tasks import TaskView
from executor.core.watch import Sight
from executor.definitions import Definitions
from executor.ports import Change, Clock, Launcher
from executor.writer import Writer

PER_CALL = 100
"""DescribeTasks takes at most 100 tasks (ECS API reference)."""

log = structlog.get_logger()


class Watch:
    """From LAUNCHED to RUNNING, and on to the settle loop when a task has ended."""

    def __init__(
        self, launcher: Launcher, definitions: Definitions, board: Board, writer: Writer, clock: Clock
    ) -> None:
        """Reads tasks, never changes one."""
        self._launcher = launcher
        self._definitions = definitions
        self._board = board
        self._writer = writer
        self._clock = clock
        self._missing_since_s: dict[str, float] = {}

    async def tick(self) -> None:
        """Look at every task that may have changed."""
        jobs = self._board.to_watch()
        if not jobs or not self._board.leads(self._clock.monotonic_s()):
            return
        await self._definitions.fetch(jobs)
        by_cluster: dict[str, list[JobRow]] = defaultdict(list)
        for job in jobs:
            by_cluster[_cluster_of(job)].append(job)
        for cluster, members in by_cluster.items():
            for start in range(0, len(members), PER_CALL):
                await self._look_at(cluster, members[start : start + PER_CALL])

    async def _look_at(self, cluster: str, jobs: list[JobRow]) -> None:
        tasks = await self._launcher.describe(cluster, [str(job.task_arn) for job in jobs])
        for job in jobs:
            if self._board.jobs.get(job.request_id) is not job:
                continue
            try:
                self._take(job, tasks.get(str(job.task_arn)))
            except Exception:
                # One job's trouble is its own: the others are looked at all the same.
                log.exception("watching failed", action="watch_fault", job_id=job.job_id, attempt=job.attempt)

    def _take(self, job: JobRow, task: TaskView | None) -> None:
        cause = None if task is None else stopping.overdue(job, task)
        if cause is not None:
            self._board.overdue(job, cause)
        match watch.look(job, task, self._missing_for_s(job, task)):
            case Sight.STARTED if task is not None:
                timeout_s = self._definitions.effective(job).timeout_s
                running = watch.started(job, task, timeout_s, self._clock.now())
                self._board.put(running)
                self._writer.put(Change(running), events=(settle.event(running, JobEvent.STARTED, self._clock.now()),))
                log.info("running", action="started", job_id=job.job_id, attempt=job.attempt)
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
