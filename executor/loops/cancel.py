"""Stops tasks: of cancelled jobs, and of those beyond their deadline; again and again, until ECS says STOPPED."""

import asyncio

import structlog

from contract.events import JobEvent
from contract.ids import started_by
from contract.job import JobRow
from contract.states import JobState
from executor.board import Board
from executor.core import settle, stopping
from executor.core.stopping import NO_TASK_AFTER_S, STOP_AGAIN_S, StopCause
from executor.ports import Change, Clock, CloudUnavailableError, Launcher
from executor.profiles import Profiles
from executor.writer import Writer

AT_ONCE = 10

log = structlog.get_logger()


class Cancel:
    """From a cancel to a task that has stopped; the watch and settle loops see it end."""

    def __init__(
        self, launcher: Launcher, profiles: Profiles, board: Board, writer: Writer, clock: Clock, installation: str
    ) -> None:
        """``installation`` is part of the tag by which a task is found."""
        self._launcher = launcher
        self._profiles = profiles
        self._board = board
        self._writer = writer
        self._clock = clock
        self._installation = installation
        self._stop_at_s: dict[str, float] = {}
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
        troubles = await asyncio.gather(*(self._one(job, cause, gate) for job, cause in work), return_exceptions=True)
        for trouble in filter(None, troubles):
            raise trouble

    def _work(self) -> list[tuple[JobRow, StopCause]]:
        jobs, overdue = self._board.jobs, self._board.to_stop
        cancelled = [(job, StopCause.CANCELLED) for job in jobs.values() if job.status is JobState.CANCELLING]
        known = {job.request_id for job, _ in cancelled}
        late = [(jobs[key], cause) for key, cause in overdue.items() if key in jobs and key not in known]
        return [(job, cause) for job, cause in cancelled + late if job.request_id not in self._board.ended]

    def _forget(self, kept: set[str]) -> None:
        for memory in (self._stop_at_s, self._sought_since_s):
            for key in memory.keys() - kept:
                del memory[key]

    def _take(self, row: JobRow) -> None:
        self._board.to_cancel.pop(row.request_id, None)
        held = self._board.jobs.get(row.request_id)
        if held is not None and stopping.may_be_cancelled(held):
            # What the board knows of the job is newer than its row, or the same.
            job = stopping.cancelling(held)
            self._board.put(job)
            self._writer.put(Change(job), events=(settle.event(job, JobEvent.CANCEL_ASKED, self._clock.now()),))
            log.info("cancelling", action="cancelling", job_id=job.job_id, attempt=job.attempt)
        elif held is None and not self._writer.holds(row.request_id):
            self._board.put(row)
        elif row.request_id in self._board.retries_at_s:
            # Its attempt ended meanwhile and it waits for the next one: the next claim will cancel that.
            self._board.retries_at_s[row.request_id] = self._clock.monotonic_s()
            self._board.claim_bell.set()

    async def _one(self, job: JobRow, cause: StopCause, gate: asyncio.Semaphore) -> None:
        async with gate:
            try:
                await (self._seek(job) if job.task_arn is None else self._stop(job, job.task_arn, cause))
            except CloudUnavailableError:
                raise
            except Exception:
                # One job's trouble is its own: it is tried again in the next round, and the others are stopped.
                log.exception("stopping failed", action="stop_fault", job_id=job.job_id, attempt=job.attempt)

    async def _stop(self, job: JobRow, arn: str, cause: StopCause) -> None:
        now_s = self._clock.monotonic_s()
        if now_s < self._stop_at_s.get(job.request_id, 0.0):
            return
        self._stop_at_s[job.request_id] = now_s + STOP_AGAIN_S
        await self._launcher.stop_task(_cluster_of(arn), arn, stopping.stop_reason(cause))
        self._board.watch_bell.set()
        log.info("told to stop", action="stop_asked", job_id=job.job_id, attempt=job.attempt, cause=cause, arn=arn)

    async def _seek(self, job: JobRow) -> None:
        # A launch may be on its way, sent by this process or by one that is gone. What is found is stopped; that
        # nothing is there counts only after ECS has had the time to show it.
        if job.launch_token is None:
            self._end(job)
            return
        now_s = self._clock.monotonic_s()
        since_s = self._sought_since_s.setdefault(job.request_id, now_s)
        cluster = (await self._profiles.of(job)).cluster
        found = await self._launcher.find(cluster, started_by(self._installation, job.job_id, job.attempt))
        if self._board.jobs.get(job.request_id) is not job:
            return
        if found:
            self._board.put(stopping.adopted(job, found[0]))
            for task in found:
                if not task.stopped:
                    await self._launcher.stop_task(cluster, task.arn, stopping.stop_reason(StopCause.CANCELLED))
            self._board.watch_bell.set()
        elif now_s - since_s >= NO_TASK_AFTER_S:
            self._end(job)

    def _end(self, job: JobRow) -> None:
        ended = stopping.cancelled(job, self._clock.now())
        self._board.put(ended)
        self._writer.put(Change(ended), events=(settle.event(ended, JobEvent.CANCELLED, self._clock.now()),))
        log.info("cancelled before it had a task", action="cancelled", job_id=job.job_id, attempt=job.attempt)


def _cluster_of(arn: str) -> str:
    # arn:aws:ecs:<region>:<account>:task/<cluster>/<id>
    return arn.split("/")[1]
