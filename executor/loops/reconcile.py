"""Compares what runs with what the queue says: adopts, takes on again, stops what nobody needs."""

from collections.abc import Iterable
from datetime import datetime

import structlog

from contract.job import JobRow
from contract.states import JobState
from executor.board import Board
from executor.core import reconcile
from executor.core.reconcile import Finding, Owner, RowState, Step
from executor.core.tasks import TaskView
from executor.core.waking import AWAKE_S
from executor.means import Means
from executor.port_errors import DeposedError
from executor.ports import Clock, Launcher, Store
from executor.writer import Writer

PER_CALL = 100
"""DescribeTasks takes at most 100 tasks (ECS API reference)."""

Orphan = tuple[TaskView, Owner]

log = structlog.get_logger()


class Reconcile:
    """At the begin of every reign, every few minutes, and when a row went astray."""

    def __init__(
        self,
        store: Store,
        launcher: Launcher,
        means: Means,
        board: Board,
        writer: Writer,
        clock: Clock,
        identity: tuple[str, float],
    ) -> None:
        """``identity`` is the installation and how often to compare, in seconds."""
        self._store = store
        self._launcher = launcher
        self._profiles, self._budgets = means.profiles, means.budgets
        self._board = board
        self._writer = writer
        self._clock = clock
        self._installation, self._every_s = identity
        self._fence: int | None = None
        self._list_at_s = 0.0
        self._foreign: set[str] = set()
        self._seen: set[tuple[str, int]] = set()

    async def tick(self) -> float | None:
        """Compare rows and tasks; answers in how many seconds to come again."""
        now_s = self._clock.monotonic_s()
        fence = self._board.fence
        if fence is None or not self._board.may_send(now_s):
            return None
        if self._board.astray:
            await self._store.restamp(fence)
            await self._take_rows(fence)
        if fence != self._fence or now_s >= self._list_at_s:
            await self._compare(fence)
            self._fence, self._list_at_s = fence, now_s + self._every_s
        return max(1.0, self._list_at_s - self._clock.monotonic_s())

    async def _compare(self, fence: int) -> None:
        orphans = [orphan for cluster in self._clusters() for orphan in await self._orphans(cluster)]
        if orphans:
            await self._settle_what_to_do(fence, orphans)
        if self._clock.monotonic_s() - self._board.warehouse_at_s < AWAKE_S:
            # The warehouse is awake anyway, so it costs nothing to see that no open row was lost sight of.
            await self._take_rows(fence)

    def _clusters(self) -> list[str]:
        used = {_cluster_of(str(job.task_arn)) for job in self._board.to_watch()}
        current = self._profiles.current.cluster
        return [current, *sorted(used - {current, current.rsplit("/", 1)[-1]})]

    async def _orphans(self, cluster: str) -> list[Orphan]:
        running = await self._running(cluster)
        self._foreign &= running
        known = {job.task_arn for job in self._board.jobs.values()}
        unknown = sorted(running - known - self._foreign)
        found: list[Orphan] = []
        for start in range(0, len(unknown), PER_CALL):
            await self._budgets.reads.take()
            tasks = await self._launcher.describe(cluster, unknown[start : start + PER_CALL])
            found += self._ours(tasks.values())
        return found

    async def _running(self, cluster: str) -> set[str]:
        found: set[str] = set()
        page: str | None = None
        while True:
            await self._budgets.reads.take()
            arns, page = await self._launcher.list_running(cluster, page)
            found.update(arns)
            if page is None:
                return found

    def _ours(self, tasks: Iterable[TaskView]) -> list[Orphan]:
        found: list[Orphan] = []
        for task in tasks:
            whose = reconcile.owner(task, self._installation)
            if whose is None:
                self._foreign.add(task.arn)
            elif reconcile.may_be_judged(task, self._ecs_now(task)):
                found.append((task, whose))
        return found

    def _ecs_now(self, task: TaskView) -> datetime:
        return task.seen_at or self._clock.now()

    async def _settle_what_to_do(self, fence: int, orphans: list[Orphan]) -> None:
        rows = await self._store.states(sorted({whose.job_id for _, whose in orphans}))
        if await self._store.fence() != fence:
            raise DeposedError(f"fence {fence} is no longer the current one")
        held = {job.job_id: reconcile.state_of(job, fence) for job in self._board.jobs.values()}
        for task, whose in orphans:
            row = held.get(whose.job_id) or rows[whose.job_id]
            finding = reconcile.judge(task, whose, row)
            if self._board.fence == fence and self._board.leads(self._clock.monotonic_s()):
                await self._do(finding, task, whose, row)
        if self._board.astray:
            await self._take_rows(fence)

    async def _do(self, finding: Finding, task: TaskView, whose: Owner, row: RowState) -> None:
        job = next((job for job in self._board.jobs.values() if job.job_id == whose.job_id), None)
        told = {"job_id": whose.job_id, "attempt": whose.attempt, "task_arn": task.arn, "why": finding.why}
        match finding.step:
            case Step.STOP:
                log.warning("a task that nobody needs is stopped", action="orphan_stopped", **told)
                await self._budgets.launches.take()
                if self._board.leads(self._clock.monotonic_s()):
                    await self._launcher.stop_task(_cluster_of(task.arn), task.arn, reconcile.STOP_REASON + finding.why)
            case Step.SEARCH if job is not None and job.status is JobState.CLAIMED:
                log.warning("a task whose launch was not heard of", action="orphan_adopted", **told)
                self._board.search(job)
            case Step.SEARCH:
                self._astray(row)
            case Step.LEAVE:
                log.warning("a task that the board does not have", action="orphan_left", **told)
            case Step.TAKE:
                self._astray(row)

    def _astray(self, row: RowState) -> None:
        if row.request_id is not None:
            self._board.astray.add(row.request_id)

    async def _take_rows(self, fence: int) -> None:
        astray = frozenset(self._board.astray)
        self._board.gone.clear()
        seen: set[tuple[str, int]] = set()
        for job in await self._store.open_jobs():
            if self._board.fence != fence:
                return
            seen.add((job.request_id, job.attempt))
            if self._is_lost(job, astray):
                log.warning("an open row is taken on again", action="row_taken", **job.marks, status=job.status)
                self._board.take(job)
        self._board.astray -= astray
        self._seen = seen

    def _is_lost(self, job: JobRow, astray: frozenset[str]) -> bool:
        # What ended or was put back while the rows were read, or waits to be written, is not lost; and a claimed row
        # that was not here the last time may be of a claim whose answer is still on its way.
        key = job.request_id
        busy = key in self._board.jobs or key in self._board.gone or self._writer.holds(key)
        fresh = job.status is JobState.CLAIMED and key not in astray and (key, job.attempt) not in self._seen
        return job.status is not JobState.RETRY_WAIT and not busy and not fresh


def _cluster_of(arn: str) -> str:
    # arn:aws:ecs:<region>:<account>:task/<cluster>/<id>
    return arn.split("/")[1]
