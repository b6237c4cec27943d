"""A whole world in virtual time: queue, bucket, ECS and any number of executors that can be killed at any step."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from contract.commands import CommandKind
from contract.report import ReportDefinition
from contract.request import RunRequest
from contract.states import TERMINAL, JobState
from executor.port_errors import CloudUnavailableError
from executor.settings import ExecutorSettings
from executor.testing.fake_launcher import FakeLauncher
from executor.testing.memory_artifacts import MemoryArtifacts
from executor.testing.memory_hints import MemoryHints
from executor.testing.memory_lease import MemoryLease
from executor.testing.memory_logs import MemoryLogs
from executor.testing.memory_store import MemoryStore
from executor.testing.programs import manifest_of, result_uri, spec_of
from executor.testing.task_life import Ending
from executor.testing.virtual_clock import VirtualClock
from executor.wiring import Ports, assemble
from tests.jobs import definition
from tests.jobs import request as new_request

MAX_RUNNING = 20
STEP_S = 0.5


def settings(**changes: Any) -> ExecutorSettings:
    fields: dict[str, Any] = {
        "installation": "test",
        "bucket": "reports-bucket",
        "cluster": "reporting",
        "task_definition": "reporting-job:3",
        "subnets": ("subnet-1",),
        "max_running": MAX_RUNNING,
    }
    return ExecutorSettings.model_validate({**fields, **changes})


class Line:
    """A port as one executor reaches it: it can be cut, slowed to a stop, or be where the process dies."""

    def __init__(self, port: Any, name: str, owner: "Executor") -> None:
        self._port, self._name, self._owner = port, name, owner

    def __getattr__(self, method: str) -> Any:
        async def call(*values: Any, **named: Any) -> Any:
            step = f"{self._name}.{method}"
            await self._owner.reaches(f"before {step}")
            answer = await getattr(self._port, method)(*values, **named)
            await self._owner.reaches(f"after {step}")
            return answer

        return call


class Executor:
    """One executor process."""

    def __init__(self, world: "World", name: str, own: ExecutorSettings, *, drains: bool = False) -> None:
        self.name = name
        self.steps: list[str] = []
        self.dies_at: str | None = None
        self.away: set[str] = set()
        self.frozen = asyncio.Event()
        self.frozen.set()
        self._dead = False
        lines: dict[str, Any] = {
            "store": world.store,
            "launcher": world.launcher,
            "artifacts": world.artifacts,
            "logs": world.logs,
            "lease": world.lease,
        }
        if world.hints is not None:
            lines["hints"] = world.hints
        ports = Ports(clock=world.clock, **{key: Line(port, key, self) for key, port in lines.items()})
        self.service = assemble(ports, own, name)
        self.stop = asyncio.Event()
        until_empty = world.clock if drains else None
        self.task = asyncio.create_task(self.service.run(self.stop, until_empty), name=name)

    async def reaches(self, step: str) -> None:
        """A step of the process: here it waits while frozen, and here it may die."""
        await self.frozen.wait()
        if step.split(" ")[1].split(".", maxsplit=1)[0] in self.away:
            raise CloudUnavailableError(f"{step}: away")
        if self.dies_at == step:
            self.kill()
        if self._dead:
            raise asyncio.CancelledError
        self.steps.append(step)

    def kill(self) -> None:
        """Kill -9: nothing is written any more, nothing is let go."""
        self._dead = True
        self.task.cancel()

    @property
    def dead(self) -> bool:
        return self._dead

    @property
    def leads(self) -> bool:
        return not self._dead and self.service._board.fence is not None

    async def ends(self) -> None:
        """Be told to stop, and stop."""
        self.stop.set()
        await self.task


class World:
    """Everything but the executors, and the invariants that hold after every step."""

    def __init__(self, store: type[MemoryStore] = MemoryStore) -> None:
        loop = asyncio.get_running_loop()
        self.clock = VirtualClock(loop.time)
        self.store = store(self.clock.now)
        self.artifacts = MemoryArtifacts()
        self.logs = MemoryLogs()
        self.lease = MemoryLease(self.clock.monotonic_s)
        self.hints: MemoryHints | None = None
        self.launcher = FakeLauncher(self.clock.now, self._program)
        self.programs: dict[str, Callable[[str, Mapping[str, Any]], Ending]] = {}
        self.executors: list[Executor] = []
        self._ended: dict[str, JobState] = {}
        self.max_running = MAX_RUNNING
        self.define("SALES_REPORT", definition())

    def define(
        self,
        report_type: str,
        what: ReportDefinition,
        program: Callable[[str, Mapping[str, Any]], Ending] | None = None,
    ) -> None:
        """A report type, and what its container does; it makes its report unless said otherwise."""
        self.store.define(report_type, 1, what)
        if program is not None:
            self.programs[report_type] = program

    def _program(self, arn: str, request: Mapping[str, Any]) -> Ending:
        report_type = spec_of(request, self.artifacts).report_type
        return self.programs.get(report_type, self.makes_its_report)(arn, request)

    def makes_its_report(self, arn: str, request: Mapping[str, Any], **how: Any) -> Ending:
        """The ordinary program: some seconds of work, then the manifest."""
        spec = spec_of(request, self.artifacts)

        def leave() -> None:
            self.artifacts.leave(result_uri(spec), manifest_of(spec, arn, self.clock.now()))

        return Ending(**{"leaves": leave, **how})

    def ask(self, **changes: Any) -> RunRequest:
        """A caller's request."""
        asked = new_request(**changes)
        self.store.enqueue(asked)
        return asked

    def cancel(self, asked: RunRequest) -> None:
        """A caller's cancel."""
        self.store.order(CommandKind.CANCEL, asked.job_id)

    def drain(self, name: str = "drain") -> Executor:
        """Start an executor process that ends when the queue is empty."""
        started = Executor(self, name, settings(), drains=True)
        self.executors.append(started)
        return started

    def executor(self, name: str = "one", **changes: Any) -> Executor:
        """Start an executor process."""
        started = Executor(self, name, settings(**changes))
        self.executors.append(started)
        return started

    def status(self, asked: RunRequest) -> JobState:
        row = self.store.state.get(asked.request_id)
        return row.job.status if row else JobState.QUEUED

    async def until(self, condition: Callable[[], bool], *, within_s: float = 300.0) -> None:
        """Let time pass until something is true; the invariants hold all the while."""
        deadline_s = self.clock.monotonic_s() + within_s
        while not condition():
            self.check()
            assert self.clock.monotonic_s() < deadline_s, f"not within {within_s} s: {self._where()}"
            await asyncio.sleep(STEP_S)
        self.check()

    async def passes(self, seconds: float) -> None:
        """Let time pass."""
        until_s = self.clock.monotonic_s() + seconds
        await self.until(lambda: self.clock.monotonic_s() >= until_s, within_s=seconds + 1)

    async def all_ended(self, within_s: float = 300.0) -> None:
        """Wait until every request has come to its end."""
        await self.until(
            lambda: all(self.status(asked.request) in TERMINAL for asked in self.store.intake.values()),
            within_s=within_s,
        )

    def _where(self) -> dict[str, str]:
        return {asked.request.job_id: self.status(asked.request) for asked in self.store.intake.values()}

    def working(self) -> dict[str, int]:
        """How many tasks work for each job at this moment."""
        counts: dict[str, int] = {}
        for task in self.launcher.running:
            job_id = task.started_by.split("/")[2]
            counts[job_id] = counts.get(job_id, 0) + 1
        return counts

    def check(self) -> None:
        """The invariants."""
        working = self.working()
        assert max(working.values(), default=0) <= 1, f"one_working_task_per_job: {working}"
        assert sum(working.values()) <= self.max_running, "caps_never_exceeded"
        for key, row in self.store.state.items():
            before = self._ended.get(key)
            assert before in {None, row.job.status}, f"terminal_is_forever: {key} was {before}"
            if row.job.status is JobState.CANCELLED:
                assert row.job.job_id not in working, f"cancelled_means_stopped: {key}"
            if row.job.status in TERMINAL:
                self._ended[key] = row.job.status
                self._ended_well(key)
        assert set(self.store.state) <= set(self.store.intake), "no_job_lost"

    def _ended_well(self, key: str) -> None:
        row = self.store.state[key]
        if row.job.status is JobState.SUCCEEDED:
            manifest = self.artifacts.objects.get(
                str(row.job.result_uri).removeprefix("s3://reports-bucket/") + "manifest.json"
            )
            assert manifest is not None, f"success_implies_artifacts: {key}"
        if row.job.status is JobState.FAILED:
            causes = [r.verdict for r in self.store.results if r.request_id == key and r.attempt == row.job.attempt]
            assert row.job.failure_class, f"every_end_has_a_cause: {key}"
            assert any(cause and cause.diagnosis and cause.remedy for cause in causes), f"every_end_has_a_cause: {key}"
