"""Launches claimed jobs: first the intent on the row, then RunTask, with the same bytes however often."""

import asyncio
from collections import Counter

import structlog

from contract.events import JobEvent
from contract.job import JobRow
from contract.task_spec import TaskSpec
from executor.batches import Change
from executor.board import Board
from executor.core import launch, rules, settle, watch
from executor.core.capacity import room_to_launch
from executor.core.launch_answers import (
    Accepted,
    LaunchAnswer,
    Refused,
    Throttled,
    Unknown,
    understood,
)
from executor.core.spot import provider_of
from executor.core.tasks import FORGOTTEN
from executor.definitions import MissingDefinitionError, UnreadableDefinitionError
from executor.loops.intents import Intents
from executor.loops.refusals import Refusals
from executor.loops.sending import send
from executor.loops.unlaunched import Unlaunched
from executor.means import Means
from executor.port_errors import CloudUnavailableError, ThrottledError
from executor.ports import Artifacts, Clock, Launcher
from executor.settings import ExecutorSettings
from executor.whereabouts import Whereabouts
from executor.writer import Writer

AT_ONCE = 10
"""RunTask calls under way at a time; a call takes some hundred milliseconds, and Fargate takes 20 in a second."""
MAX_FAULTS = 5
"""So often one job's launch may fail in a way that nobody foresaw."""
NEXT_BATCH_S = 0.5
"""How often newly claimed jobs are looked for while others are being launched."""
SENT_WITHIN_S = 3.0
"""As many launches are begun as can be sent within this time, by the launch budget."""
REST_S = 2.0
"""So long a launch rests that was throttled or not answered; the budget may make it rest for longer."""
ASKS_AFTER = 10
"""After so many launches without an answer ECS is asked for the task itself."""

log = structlog.get_logger()


class Launch:
    """From CLAIMED to LAUNCHED."""

    def __init__(
        self,
        launcher: Launcher,
        artifacts: Artifacts,
        means: Means,
        board: Board,
        writer: Writer,
        clock: Clock,
        settings: ExecutorSettings,
    ) -> None:
        """``settings`` name the installation and the bucket."""
        self._launcher, self._artifacts = launcher, artifacts
        self._definitions, self._profiles = means.definitions, means.profiles
        self._budgets, self._breakers, self._catalogue = means.budgets, means.breakers, means.catalogue
        self._board, self._writer, self._clock, self._settings = board, writer, clock, settings
        self._policy = settings.retry_policy()
        self._whereabouts = Whereabouts(launcher, artifacts, means, clock, settings.installation)
        self._unlaunched = Unlaunched(board, writer, clock)
        self._refusals = Refusals(means, board, writer, clock, settings.retry_policy())
        self._faults, self._sent = Counter[str](), Counter[str]()
        self._rests_s: dict[str, float] = {}
        self._intents = Intents(writer)

    async def tick(self) -> None:
        """Commit the intents of all that is to be launched, then launch; what is claimed meanwhile comes along."""
        if not self._board.leads(self._clock.monotonic_s()):
            return
        await self._breakers.begin()
        self._sent = Counter({key: times for key, times in self._sent.items() if key in self._board.jobs})
        under_way: dict[asyncio.Task[None], str] = {}
        troubles: list[BaseException] = []
        gate = asyncio.Semaphore(AT_ONCE)
        try:
            while True:
                if not troubles:
                    for job, spec in await self._prepared(set(under_way.values())):
                        under_way[asyncio.create_task(self._launch(job, spec, gate))] = job.request_id
                if not under_way:
                    break
                done, _ = await asyncio.wait(under_way, timeout=NEXT_BATCH_S)
                troubles += [trouble for task in done if (trouble := task.exception()) is not None]
                under_way = {task: key for task, key in under_way.items() if task not in done}
        finally:
            for task in under_way:
                task.cancel()
        if troubles:
            raise troubles[0]

    async def _prepared(self, under_way: set[str]) -> list[tuple[JobRow, TaskSpec]]:
        # Statements take long, launches are let through one by one: the next intents are written while tasks start.
        now_s = self._clock.monotonic_s()
        self._rests_s = {key: at_s for key, at_s in self._rests_s.items() if at_s > now_s}
        idle = [job for job in self._board.to_launch() if job.request_id not in under_way | self._rests_s.keys()]
        jobs = [job for job in idle if self._may(job)]
        if not jobs:
            return []
        await self._definitions.fetch(jobs)
        specs: dict[str, TaskSpec] = {}
        ready = [intended for job in jobs if (intended := await self._intended(job, specs)) is not None]
        if self._intents:
            # Nothing is sent whose intent may not be on its row: a round that could not write it begins again here.
            self._board.warehouse_at_s = self._clock.monotonic_s()
            await self._intents.write()
        # What has no token soon, or was left by an earlier leader beyond the cap, waits on the board.
        running, tokens = len(self._board.to_watch()), self._budgets.launches.ahead(SENT_WITHIN_S)
        room = room_to_launch(self._settings.max_running, running, len(under_way), tokens)
        chosen = [(job, specs.get(job.request_id) or self._spec(job)) for job in ready[:room] if self._board.holds(job)]
        return [(job, spec) for job, spec in chosen if spec is not None]

    async def _intended(self, job: JobRow, specs: dict[str, TaskSpec]) -> JobRow | None:
        # What waits for its turn with its intent is made ready in that turn, not in each round before.
        if not self._board.holds(job):
            return None  # what was cancelled, or went astray, while something was waited for is another's by now
        if job.launch_token is not None and job.spoiled is None:
            return job
        spec = self._spec(job)
        if spec is None:
            return None
        specs[job.request_id] = spec
        return await self._intend(job, spec)

    def _may(self, job: JobRow) -> bool:
        # A task may exist already of what was sent: its replay is a question, not a launch.
        maybe_there = job.request_id in self._sent or job.request_id in self._board.to_find
        return job.spoiled is not None or maybe_there or self._breakers.may_launch(job)

    def _spec(self, job: JobRow) -> TaskSpec | None:
        if job.spoiled is not None:
            self._refusals.take(job, _ours(f"the job's row cannot be read: {job.spoiled}"))
            return None
        try:
            return launch.task_spec(job, self._settings.installation, self._settings.bucket, self._definitions.of(job))
        except UnreadableDefinitionError as error:
            self._refusals.take(job, _ours(str(error), rules.NOT_UNDERSTOOD))
        except (MissingDefinitionError, ValueError) as error:
            self._refusals.take(job, _ours(f"the job cannot be prepared: {error}"))
        return None

    async def _intend(self, job: JobRow, spec: TaskSpec) -> JobRow | None:
        profile = launch.turned(self._profiles.fitting(spec.definition), job.refusals)
        await self._profiles.keep(profile)
        if not self._board.holds(job):
            return None
        wanted = spec.definition.capacity or self._settings.capacity
        provider = provider_of(job, wanted, spec.definition.max_attempts, self._policy)
        intended = launch.intend(job, self._settings.installation, profile, provider, spec)
        event = settle.event(intended, JobEvent.LAUNCH_INTENDED, self._clock.now(), profile=profile.name)
        self._board.put(intended)
        self._intents.put(Change(intended), event)
        self._board.unsent.add(str(intended.launch_token))
        return intended

    async def _launch(self, job: JobRow, spec: TaskSpec, gate: asyncio.Semaphore) -> None:
        async with gate:
            if not self._board.holds(job):
                return
            self._rests_s[job.request_id] = self._clock.monotonic_s() + REST_S
            try:
                answer = await self._answer(job, spec)
            except ThrottledError:
                self._budgets.reads.throttled()
                raise
            except CloudUnavailableError:
                raise
            except Exception as error:
                # One job's trouble is its own: the same bytes go out again in the next round, a few times.
                log.exception("launch failed", action="launch_fault", **job.marks)
                self._faults[job.request_id] += 1
                if self._faults[job.request_id] < MAX_FAULTS:
                    return
                answer = _ours(f"the launch failed {MAX_FAULTS} times: {error}")
        if answer is None:
            return
        self._faults.pop(job.request_id, None)
        if self._board.holds(job):
            self._take(job, answer)
        elif isinstance(answer, Accepted):
            # Cancelled while the call was under way: its task is there, and has to be stopped.
            self._board.adopt(job, answer.task)
        else:
            self._board.cancel_bell.set()  # it may be sure now that there is no task

    async def _answer(self, job: JobRow, spec: TaskSpec) -> LaunchAnswer | None:
        profile = await self._profiles.of(job)
        if job.request_id in self._board.to_find:
            found = await self._whereabouts.of(job, profile.cluster)
            if not isinstance(found, Unknown):
                self._board.to_find.discard(job.request_id)
            if found is not None:
                return found
        order = launch.order(job, profile, spec)
        if order.spec_key is not None:
            await self._artifacts.put_spec(order.spec_key, order.spec_json)
        if not await self._budgets.launches.take(SENT_WITHIN_S):
            return None  # AWS asked for a longer rest since this round began
        # Waiting takes time, and so do answers: only what is still ours, and still to be launched, is sent.
        if not self._board.holds(job) or not self._board.leads(self._clock.monotonic_s()):
            return None
        self._sent[job.request_id] += 1
        return await send(self._launcher, order.run_task, self._catalogue, self._board, self._clock)

    def _take(self, job: JobRow, answer: LaunchAnswer) -> None:
        match understood(answer, self._catalogue):
            case Accepted(task):
                self._budgets.launches.granted()
                launched = watch.launched(job, task, self._clock.now())
                event = settle.event(launched, JobEvent.LAUNCHED, self._clock.now(), task_arn=task.arn)
                self._board.put(launched)
                self._writer.put(Change(launched), events=(event,), waits_since_s=self._clock.monotonic_s())
                if task.last_status == FORGOTTEN:
                    self._board.end_of_task(launched, None)
                log.info("launched", action="launched", **job.marks, task_arn=task.arn)
            case Refused() as refused:
                self._refusals.take(job, refused)
            case Throttled(reason):
                self._budgets.launches.throttled()
                self._unlaunched.throttled(job, reason)
            case unknown:
                if self._sent[job.request_id] % ASKS_AFTER == 0:
                    self._board.to_find.add(job.request_id)
                self._unlaunched.unanswered(job, unknown.reason)


def _ours(reason: str, rule: rules.Rule | None = None) -> Refused:
    return Refused(reason, permanent=True, said_as=None, rule=rule)
