"""Launches claimed jobs: first the intent on the row, then RunTask, with the same bytes however often."""

import asyncio
from collections import Counter

import structlog

from contract.events import Event, JobEvent
from contract.ids import started_by
from contract.job import JobRow
from contract.task_spec import TaskSpec
from executor.board import Board
from executor.core import launch, settle, watch
from executor.core.launch_answers import Accepted, LaunchAnswer, Refused, Unknown, refusal_verdict
from executor.definitions import Definitions, MissingDefinitionError
from executor.ports import Artifacts, Change, Clock, CloudUnavailableError, Launcher
from executor.profiles import Profiles
from executor.settings import ExecutorSettings
from executor.writer import Writer

AT_ONCE = 10
"""RunTask calls under way at a time; a call takes some hundred milliseconds, and Fargate takes 20 in a second."""
MAX_FAULTS = 5
"""So often one job's launch may fail in a way that nobody foresaw."""

log = structlog.get_logger()


class Launch:
    """From CLAIMED to LAUNCHED."""

    def __init__(
        self,
        launcher: Launcher,
        artifacts: Artifacts,
        definitions: Definitions,
        profiles: Profiles,
        board: Board,
        writer: Writer,
        clock: Clock,
        settings: ExecutorSettings,
    ) -> None:
        """``settings`` name the installation and the bucket."""
        self._launcher = launcher
        self._artifacts = artifacts
        self._definitions = definitions
        self._board = board
        self._writer = writer
        self._clock = clock
        self._settings = settings
        self._profiles = profiles
        self._faults: Counter[str] = Counter()

    async def tick(self) -> None:
        """Commit the intents of all that is to be launched, then launch."""
        jobs = self._board.to_launch()
        if not jobs or not self._board.leads(self._clock.monotonic_s()):
            return
        await self._definitions.fetch(jobs)
        await self._profiles.keep_current()
        # What was cancelled meanwhile is another's by now.
        jobs = [job for job in jobs if self._board.jobs.get(job.request_id) is job]
        orders = [(job, spec) for job in jobs if (spec := self._spec(job)) is not None]
        orders = [(self._intend(job, spec), spec) for job, spec in orders]
        await self._writer.drain()
        gate = asyncio.Semaphore(AT_ONCE)
        troubles = await asyncio.gather(
            *(self._launch(job, spec, gate) for job, spec in orders), return_exceptions=True
        )
        for trouble in filter(None, troubles):
            raise trouble

    def _spec(self, job: JobRow) -> TaskSpec | None:
        if job.spoiled is not None:
            self._refuse(job, Refused(f"the job's row cannot be read: {job.spoiled}", permanent=True))
            return None
        try:
            definition = self._definitions.of(job)
            return launch.task_spec(job, self._settings.installation, self._settings.bucket, definition)
        except (MissingDefinitionError, ValueError) as error:
            self._refuse(job, Refused(f"the job cannot be prepared: {error}", permanent=True))
            return None

    def _intend(self, job: JobRow, spec: TaskSpec) -> JobRow:
        if job.launch_token is not None:
            return job
        provider = self._settings.capacity_provider
        profile = self._profiles.current
        intended = launch.intend(job, self._settings.installation, profile, provider, spec)
        event = settle.event(intended, JobEvent.LAUNCH_INTENDED, self._clock.now(), profile=profile.name)
        self._keep(intended, event)
        return intended

    def _keep(self, job: JobRow, *events: Event) -> None:
        self._board.put(job)
        self._writer.put(Change(job), events=events)

    async def _launch(self, job: JobRow, spec: TaskSpec, gate: asyncio.Semaphore) -> None:
        async with gate:
            if self._board.jobs.get(job.request_id) is not job or not self._board.leads(self._clock.monotonic_s()):
                return
            try:
                answer = await self._answer(job, spec)
            except CloudUnavailableError:
                raise
            except Exception as error:
                # One job's trouble is its own: the same bytes go out again in the next round, a few times.
                log.exception("launch failed", action="launch_fault", job_id=job.job_id, attempt=job.attempt)
                self._faults[job.request_id] += 1
                if self._faults[job.request_id] < MAX_FAULTS:
                    return
                answer = Refused(f"the launch failed {MAX_FAULTS} times: {error}", permanent=True)
        self._faults.pop(job.request_id, None)
        if self._board.jobs.get(job.request_id) is job:
            self._take(job, answer)
        elif isinstance(answer, Accepted):
            # Cancelled while the call was under way: its task is there, and has to be stopped.
            self._board.adopt(job, answer.task)

    async def _answer(self, job: JobRow, spec: TaskSpec) -> LaunchAnswer:
        profile = await self._profiles.of(job)
        if job.request_id in self._board.to_find:
            tag = started_by(self._settings.installation, job.job_id, job.attempt)
            found = await self._launcher.find(profile.cluster, tag)
            self._board.to_find.discard(job.request_id)
            if found:
                return Accepted(found[0])
        order = launch.order(job, profile, spec)
        if order.spec_key is not None:
            await self._artifacts.put_spec(order.spec_key, order.spec_json)
        if self._board.jobs.get(job.request_id) is not job:
            return Unknown("it was cancelled before RunTask was sent")
        return await self._launcher.run(order.run_task)

    def _take(self, job: JobRow, answer: LaunchAnswer) -> None:
        if isinstance(answer, Accepted):
            launched = watch.launched(job, answer.task, self._clock.now())
            event = settle.event(launched, JobEvent.LAUNCHED, self._clock.now(), task_arn=answer.task.arn)
            self._keep(launched, event)
            self._board.watch_bell.set()
            log.info("launched", action="launched", job_id=job.job_id, attempt=job.attempt, task_arn=answer.task.arn)
        elif isinstance(answer, Refused):
            self._refuse(job, answer)
        else:
            log.warning("launch unanswered", action="launch_unknown", job_id=job.job_id, reason=answer.reason)

    def _refuse(self, job: JobRow, answer: Refused) -> None:
        verdict = refusal_verdict(answer)
        policy, dice = self._settings.retry_policy(), self._clock.dice()
        outcome = settle.refused(job, verdict, policy=policy, now=self._clock.now(), dice=dice)
        due_in_s = outcome.due_in_s
        self._board.put_back(outcome.job, None if due_in_s is None else self._clock.monotonic_s() + due_in_s)
        self._writer.put(Change(outcome.job, due_in_s), result=outcome.result, events=outcome.events)
        log.warning("launch refused", action="launch_refused", job_id=job.job_id, reason=answer.reason)
