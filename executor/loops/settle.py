"""Settles ended attempts: manifest, log tail, verdict."""

import asyncio

import structlog

from contract.job import JobRow
from contract.outcome import ExitCode
from contract.policy import RetryPolicy
from executor.board import Board
from executor.core import settle
from executor.core.failures import Evidence, succeeded
from executor.core.settle import Settlement
from executor.core.tasks import TaskView
from executor.definitions import Definitions, MissingDefinitionError
from executor.ports import Artifacts, Change, Clock, CloudUnavailableError, Logs
from executor.writer import Writer

AT_ONCE = 10

log = structlog.get_logger()


class Settle:
    """From an ended task to SUCCEEDED, RETRY_WAIT or FAILED."""

    def __init__(
        self,
        artifacts: Artifacts,
        logs: Logs,
        definitions: Definitions,
        board: Board,
        writer: Writer,
        clock: Clock,
        *,
        container: str,
        policy: RetryPolicy,
    ) -> None:
        """``container`` is the name of the report's own container in the task definition."""
        self._artifacts = artifacts
        self._logs = logs
        self._definitions = definitions
        self._board = board
        self._writer = writer
        self._clock = clock
        self._container = container
        self._policy = policy

    async def tick(self) -> None:
        """Settle all that ended."""
        if not self._board.leads(self._clock.monotonic_s()):
            return
        gate = asyncio.Semaphore(AT_ONCE)
        ended = [(self._board.jobs[key], task) for key, task in self._board.ended.items() if key in self._board.jobs]
        await self._definitions.fetch([job for job, _ in ended])
        troubles = await asyncio.gather(*(self._one(job, task, gate) for job, task in ended), return_exceptions=True)
        for trouble in filter(None, troubles):
            raise trouble

    async def _one(self, job: JobRow, task: TaskView | None, gate: asyncio.Semaphore) -> None:
        async with gate:
            try:
                await self._settle(job, task)
            except CloudUnavailableError:
                raise
            except Exception:
                # One job's trouble is its own: it stays on the board and is settled in a later round.
                log.exception("settling failed", action="settle_fault", job_id=job.job_id, attempt=job.attempt)

    async def _settle(self, job: JobRow, task: TaskView | None) -> None:
        uri = str(job.result_uri)
        evidence = Evidence(self._container, task, await self._artifacts.manifest(uri))
        if evidence.exit_code == ExitCode.ALREADY_WORKED_ON and await self._follow_other(job):
            return
        if not succeeded(evidence):
            evidence = Evidence(self._container, task, evidence.manifest, await self._logs.tail(str(job.task_arn)))
        elif evidence.manifest is not None:
            await self._artifacts.put_latest(evidence.manifest, uri)
        if self._board.jobs.get(job.request_id) is not job:
            return
        self._take(self._outcome(job, evidence))

    async def _follow_other(self, job: JobRow) -> bool:
        # The task that lost the start marker did nothing; the one that holds it is the attempt.
        marker = await self._artifacts.start_marker(str(job.result_uri))
        if marker is None or marker.task_arn == job.task_arn or not marker.task_arn.startswith("arn:"):
            return False
        self._board.ended.pop(job.request_id, None)
        self._board.put(job.model_copy(update={"task_arn": marker.task_arn}))
        log.warning("another task works on this attempt", action="follow_marker", job_id=job.job_id)
        return True

    def _outcome(self, job: JobRow, evidence: Evidence) -> Settlement:
        return settle.settle(
            job,
            evidence,
            max_attempts=self._max_attempts(job),
            policy=self._policy,
            now=self._clock.now(),
            dice=self._clock.dice(),
        )

    def _max_attempts(self, job: JobRow) -> int:
        try:
            return self._definitions.effective(job).max_attempts
        except (MissingDefinitionError, ValueError):
            # It could not be launched again either, so this attempt was the last; its outcome still counts.
            return 1

    def _take(self, outcome: Settlement) -> None:
        job, due_in_s = outcome.job, outcome.due_in_s
        self._board.put_back(job, None if due_in_s is None else self._clock.monotonic_s() + due_in_s)
        self._writer.put(Change(job, due_in_s), result=outcome.result, events=outcome.events)
        log.info(
            "settled",
            action="settled",
            job_id=job.job_id,
            attempt=job.attempt,
            status=job.status,
            failure_class=job.failure_class,
            trace_id=job.trace_id,
        )
