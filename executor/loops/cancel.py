"""Stops tasks: of cancelled jobs, and of those beyond their deadline; again and again, until ECS says STOPPED."""

import asyncio

import structlog

from contract.events import JobEvent
from contract.ids import started_by
from contract.job import JobRow
from contract.states import JobState
from executor.batches import Change
from executor.board import Board
from executor.core import settle, stopping
from executor.core.stopping import NO_TASK_AFTER_S, STOP_AGAIN_S, StopCause
from executor.core.tasks import TaskView
from executor.means import Means
from executor.port_errors import CloudUnavailableError, ThrottledError
from executor.ports import Clock, Launcher
from executor.writer import Writer

AT_ONCE = 10
READS = 3
"""To find the tasks of an attempt takes two lists and one description."""
ASKED_WITHIN_S = 3.0
"""As much is asked in one round as the budgets allow within this time; what was cancelled meanwhile joins the next."""
SEEK_AGAIN_S = 5.0
"""How often ECS is asked for a task that may exist; each time costs three reads."""

_Aim = tuple[str, str | None, bool]

log = structlog.get_logger()


class Cancel:
    """From a cancel to a task that has stopped; the watch and settle loops see it end."""

    def __init__(
        self, launcher: Launcher, means: Means, board: Board, writer: Writer, clock: Clock, installation: str
    ) -> None:
        """``installation`` is part of the tag by which a task is found."""
        self._launcher = launcher
        self._profiles, self._budgets = means.profiles, means.budgets
        self._board = board
        self._writer = writer
        self._clock = clock
        self._installation = installation
        self._again_at_s: dict[_Aim, float] = {}
        self._sought_since_s: dict[str, float] = {}

    async def tick(self) -> None:
        """Take new cancels; stop what has to stop."""
        if not self._board.leads(self._clock.monotonic_s()):
            return
        for row in list(self._board.to_cancel.values()):
            self._take(row)
        gate = asyncio.Semaphore(AT_ONCE)
        work = self._work()
        self._forget({job.request_id for job, _ in work})
        due = self._due(work)
        troubles = await asyncio.gather(*(self._one(job, cause, gate) for job, cause in due), return_exceptions=True)
        for trouble in filter(None, troubles):
            raise trouble

    def _work(self) -> list[tuple[JobRow, StopCause]]:
        jobs, overdue = self._board.jobs, self._board.to_stop
        cancelled = [(job, StopCause.CANCELLED) for job in jobs.values() if job.status is JobState.CANCELLING]
        known = {job.request_id for job, _ in cancelled}
        late = [(jobs[key], cause) for key, cause in overdue.items() if key in jobs and key not in known]
        return [(job, cause) for job, cause in cancelled + late if job.request_id not in self._board.ended]

    def _due(self, work: list[tuple[JobRow, StopCause]]) -> list[tuple[JobRow, StopCause]]:
        now_s = self._clock.monotonic_s()
        due = [(job, cause) for job, cause in work if now_s >= self._again_at_s.get(self._aim(job), 0.0)]
        stops = max(1, self._budgets.launches.ahead(ASKED_WITHIN_S, first=True))
        seeks = max(1, self._budgets.reads.ahead(ASKED_WITHIN_S) // READS)
        known, sought = [one for one in due if one[0].task_arn], [one for one in due if not one[0].task_arn]
        return known[:stops] + sought[:seeks]

    def _forget(self, kept: set[str]) -> None:
        self._again_at_s = {aim: at_s for aim, at_s in self._again_at_s.items() if aim[0] in kept}
        self._sought_since_s = {key: at_s for key, at_s in self._sought_since_s.items() if key in kept}

    def _aim(self, job: JobRow) -> _Aim:
        # What is learned of the launch meanwhile is acted upon at once: the pause was for the question before it.
        return job.request_id, job.task_arn, self._never_sent(job)

    def _never_sent(self, job: JobRow) -> bool:
        return job.launch_token is None or job.launch_token in self._board.unsent

    def _take(self, row: JobRow) -> None:
        self._board.to_cancel.pop(row.request_id, None)
        held = self._board.jobs.get(row.request_id)
        if held is not None and stopping.may_be_cancelled(held):
            # What the board knows of the job is newer than its row, or the same.
            job = stopping.cancelling(held)
            self._board.put(job)
            self._writer.put(Change(job), events=(settle.event(job, JobEvent.CANCEL_ASKED, self._clock.now()),))
            log.info("cancelling", action="cancelling", **job.marks)
        elif held is None and not self._writer.holds(row.request_id):
            self._board.put(row)
        elif row.request_id in self._board.retries_at_s:
            # Its attempt ended meanwhile and it waits for the next one: the next claim will cancel that, if its row
            # says so by then; else the one after.
            self._board.retries_at_s[row.request_id] = self._clock.monotonic_s()
            self._board.overtaken.add(row.request_id)
            self._board.claim_bell.set()

    async def _one(self, job: JobRow, cause: StopCause, gate: asyncio.Semaphore) -> None:
        async with gate:
            try:
                await (self._seek(job) if job.task_arn is None else self._stop(job, job.task_arn, cause))
            except CloudUnavailableError:
                raise
            except Exception:
                # One job's trouble is its own: it is tried again in the next round, and the others are stopped.
                log.exception("stopping failed", action="stop_fault", **job.marks)

    async def _stop(self, job: JobRow, arn: str, cause: StopCause) -> None:
        aim = self._aim(job)
        self._again_at_s[aim] = self._clock.monotonic_s() + STOP_AGAIN_S
        if not await self._tell(_cluster_of(arn), arn, cause):
            self._again_at_s.pop(aim, None)
            return
        self._board.hasten(job.request_id)
        log.info("told to stop", action="stop_asked", **job.marks, cause=cause, arn=arn)

    async def _tell(self, cluster: str, arn: str, cause: StopCause) -> bool:
        # Before all launches: what is stopped makes room for them, and somebody waits for it.
        in_time = await self._budgets.launches.take_first(ASKED_WITHIN_S)
        if not in_time or not self._board.leads(self._clock.monotonic_s()):
            return False
        try:
            await self._launcher.stop_task(cluster, arn, stopping.stop_reason(cause))
        except ThrottledError:
            self._budgets.launches.throttled()
            raise
        self._budgets.launches.granted()
        return True

    async def _find(self, job: JobRow, cluster: str) -> list[TaskView]:
        for _ in range(READS):
            await self._budgets.reads.take()
        try:
            return await self._launcher.find(cluster, started_by(self._installation, job.job_id, job.attempt))
        except ThrottledError:
            self._budgets.reads.throttled()
            raise

    async def _seek(self, job: JobRow) -> None:
        # A launch may be on its way, sent by this process or by one that is gone. What is found is stopped; that
        # nothing is there counts only after ECS has had the time to show it, from when it was sent last; of what an
        # earlier leader sent that is not known, so that the search has to take as long.
        if self._never_sent(job):
            self._end(job)
            return
        now_s = self._clock.monotonic_s()
        self._again_at_s[self._aim(job)] = now_s + SEEK_AGAIN_S
        sought_since_s = self._sought_since_s.setdefault(job.request_id, now_s)
        since_s = self._board.sent_at_s.get(str(job.launch_token), sought_since_s)
        cluster = (await self._profiles.of(job)).cluster
        found = await self._find(job, cluster)
        if not self._board.holds(job):
            return
        if found:
            self._board.put(stopping.adopted(job, found[0]))
            for task in found:
                if not task.stopped:
                    await self._tell(cluster, task.arn, StopCause.CANCELLED)
            self._board.hasten(job.request_id)
        elif now_s - since_s >= NO_TASK_AFTER_S:
            self._end(job)

    def _end(self, job: JobRow) -> None:
        ended = stopping.cancelled(job, self._clock.now())
        self._board.put(ended)
        self._writer.put(Change(ended), events=(settle.event(ended, JobEvent.CANCELLED, self._clock.now()),))
        log.info("cancelled before it had a task", action="cancelled", **job.marks)


def _cluster_of(arn: str) -> str:
    # arn:aws:ecs:<region>:<account>:task/<cluster>/<id>
    return arn.split("/")[1]
