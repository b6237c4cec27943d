"""Settles ended attempts: manifest, log tail, verdict."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import structlog

from contract.job import JobRow
from contract.manifest import MANIFEST_NAME, Latest, Manifest, ReportFile
from contract.outcome import CodeRan, ExitCode
from contract.policy import RetryPolicy
from executor.batches import Change
from executor.board import Board
from executor.core import files, settle
from executor.core.failures import Evidence, claims_success, judge, succeeded
from executor.core.price import PriceList, cost_usd
from executor.core.settle import Settlement
from executor.core.tasks import TaskView
from executor.definitions import MissingDefinitionError
from executor.latest import LatestReports
from executor.means import Means
from executor.port_errors import CloudUnavailableError
from executor.ports import Artifacts, Clock, Logs
from executor.writer import Writer

AT_ONCE = 10
FILES_AT_ONCE = 5
MAX_FAULTS = 5
"""So often the evidence of one job may fail to be read in a way that nobody foresaw."""

log = structlog.get_logger()


class Settle:
    """From an ended task to SUCCEEDED, RETRY_WAIT or FAILED."""

    def __init__(
        self,
        artifacts: Artifacts,
        logs: Logs,
        means: Means,
        board: Board,
        writer: Writer,
        clock: Clock,
        policy: RetryPolicy,
        prices: PriceList,
    ) -> None:
        """``policy`` is the budget for failures of the cloud; ``prices`` say what a task costs."""
        self._artifacts = artifacts
        self._latest = LatestReports(artifacts)
        self._logs = logs
        self._definitions, self._profiles = means.definitions, means.profiles
        self._launches, self._breakers, self._catalogue = means.budgets.launches, means.breakers, means.catalogue
        self._board = board
        self._writer = writer
        self._clock = clock
        self._policy = policy
        self._prices = prices
        self._faults: Counter[str] = Counter()

    async def tick(self) -> None:
        """Settle all that ended."""
        if not self._board.leads(self._clock.monotonic_s()):
            return
        gate = asyncio.Semaphore(AT_ONCE)
        ended = [(self._board.jobs[key], task) for key, task in self._board.ended.items() if key in self._board.jobs]
        await self._definitions.fetch([job for job, _ in ended])
        troubles = await asyncio.gather(*(self._one(job, task, gate) for job, task in ended), return_exceptions=True)
        await self._latest.write()
        for trouble in filter(None, troubles):
            raise trouble

    async def _one(self, job: JobRow, task: TaskView | None, gate: asyncio.Semaphore) -> None:
        async with gate:
            try:
                evidence = await self._evidence(job, task)
            except CloudUnavailableError:
                raise
            except Exception as error:
                # One job's trouble is its own: it is settled in a later round, and after a few without what failed.
                log.exception("settling failed", action="settle_fault", **job.marks)
                self._faults[job.request_id] += 1
                if self._faults[job.request_id] < MAX_FAULTS:
                    return
                trouble = f"Its evidence could not be read: {error}"
                evidence = Evidence(self._profiles.current.container, task, manifest=None, trouble=trouble)
        self._faults.pop(job.request_id, None)
        if evidence is not None and self._board.holds(job):
            self._take(self._outcome(job, self._priced(job, evidence)))

    async def _evidence(self, job: JobRow, task: TaskView | None) -> Evidence | None:
        container = (await self._profiles.of(job)).container
        manifest = await self._artifacts.manifest(str(job.result_uri))
        if manifest is not None and (manifest.job_id, manifest.attempt) != (job.job_id, job.attempt):
            log.warning("a manifest of another job", action="manifest_foreign", **job.marks, says=manifest.job_id)
            manifest = None
        evidence = Evidence(container, task, manifest)
        if evidence.exit_code == ExitCode.ALREADY_WORKED_ON:
            if manifest is None and await self._leave_to_other(job):
                return None
            if manifest is not None:
                # This task did nothing: the attempt is the other one's, and its manifest says how it ended.
                evidence = Evidence(container, None, manifest)
        if claims_success(manifest) and manifest is not None:
            evidence = replace(evidence, wrong_files=await self._wrong_files(job, manifest))
        if succeeded(evidence):
            self._point_at(job, evidence)
            return evidence
        if task is None and manifest is None:
            marker = await self._artifacts.start_marker(str(job.result_uri))
            evidence = replace(evidence, code_ran=marker is not None)
        return replace(evidence, log_tail=await self._log_tail(job, container))

    def _priced(self, job: JobRow, evidence: Evidence) -> Evidence:
        if evidence.task is None:
            return evidence
        return replace(evidence, cost_usd=cost_usd(job, evidence.task, self._prices))

    async def _wrong_files(self, job: JobRow, manifest: Manifest) -> tuple[str, ...]:
        gate = asyncio.Semaphore(FILES_AT_ONCE)

        async def wrong(file: ReportFile) -> str | None:
            async with gate:
                return files.wrong(file, await self._artifacts.stored(str(job.result_uri), file.name))

        found = await asyncio.gather(*(wrong(file) for file in manifest.files))
        return tuple(text for text in found if text is not None)

    def _point_at(self, job: JobRow, evidence: Evidence) -> None:
        if evidence.manifest is None:
            return
        uri = str(job.result_uri)
        latest = Latest(
            report_type=job.report_type,
            job_id=job.job_id,
            result_uri=uri,
            manifest=uri + MANIFEST_NAME,
            finished_at=evidence.manifest.finished_at,
        )
        self._latest.put(latest)

    async def _log_tail(self, job: JobRow, container: str) -> str | None:
        try:
            return await self._logs.tail(str(job.task_arn), container)
        except CloudUnavailableError:
            raise
        except Exception as error:  # noqa: BLE001 - told on the row; a verdict does not need the log
            log.warning("the log was not read", action="log_fault", **job.marks, reason=str(error))
            return f"the log could not be read: {error}"

    async def _leave_to_other(self, job: JobRow) -> bool:
        # The task that lost the start marker did nothing; the one that holds it is the attempt. If its name is not
        # known, its manifest is waited for until the job's deadline.
        marker = await self._artifacts.start_marker(str(job.result_uri))
        if marker is None or marker.task_arn == job.task_arn or not self._board.holds(job):
            return False
        if not marker.task_arn.startswith("arn:"):
            timeout_s = self._definitions.effective(job).timeout_s
            return self._clock.now() < marker.started_at + timedelta(seconds=timeout_s)
        self._board.ended.pop(job.request_id, None)
        self._board.put(replace(job, task_arn=marker.task_arn))
        log.warning("another task works on this attempt", action="follow_marker", **job.marks)
        return True

    def _outcome(self, job: JobRow, evidence: Evidence) -> Settlement:
        self._tell(job, evidence)
        return settle.settle(
            job,
            evidence,
            max_attempts=self._max_attempts(job),
            policy=self._policy,
            now=self._clock.now(),
            dice=self._clock.dice(),
            catalogue=self._catalogue,
            breaker=self._breakers.state,
        )

    def _tell(self, job: JobRow, evidence: Evidence) -> None:
        # A task that ended made room; what it came to says whether tasks get to run at all.
        self._launches.room_again()
        used = self._profiles.task_definition_of(job)
        if succeeded(evidence):
            self._breakers.ran(used)
            return
        verdict = judge(evidence, self._catalogue)
        if settle.lacks_room(verdict):
            self._launches.without_room()
        if verdict.code_ran is CodeRan.YES:
            self._breakers.ran(used)
        else:
            self._breakers.failed(verdict, used)

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
            **job.marks,
            status=job.status,
            failure_class=job.failure_class,
        )
