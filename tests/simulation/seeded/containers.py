"""The containers of a scenario: each claims its attempt by the start marker, does what the plan says, and ends."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from contract.ids import result_prefix
from contract.manifest import Manifest, ReportFailure, StartMarker
from contract.outcome import ExitCode
from executor.testing.fake_launcher import FakeLauncher
from executor.testing.memory_artifacts import MemoryArtifacts
from executor.testing.task_life import Ending, FakeTask
from tests.simulation.seeded.ledger import Ledger
from tests.simulation.seeded.plan import Act, JobPlan

_SPOT = {"exit_code": 143, "stop_code": "SpotInterruption", "reason": "Your Spot Task was interrupted."}
_UNSTARTED = {
    "exit_code": None,
    "starts_after_s": None,
    "stop_code": "TaskFailedToStart",
    "reason": "CannotPullContainerError: pull image manifest has been retried 5 time(s): i/o timeout",
}
_ENDINGS: Mapping[Act, Mapping[str, Any]] = {
    Act.DONE: {"exit_code": 0},
    Act.FAILS: {"exit_code": int(ExitCode.REPORT_ERROR)},
    Act.CRASHES: {"exit_code": 1},
    Act.MEMORY: {"exit_code": 137, "container_reason": "OutOfMemoryError: Container killed due to memory usage"},
    Act.DEADLINE: {"exit_code": int(ExitCode.DEADLINE)},
    Act.SILENT: {"exit_code": 0},
    Act.HANGS: {"exit_code": 137, "stops_in_s": 100.0},
    Act.SPOT: _SPOT,
    Act.UNSTARTED: _UNSTARTED,
}
_FOR_EVER_S = 1e6
_MANIFESTS = {Act.DONE: 0, Act.FAILS: int(ExitCode.REPORT_ERROR), Act.DEADLINE: int(ExitCode.DEADLINE)}


@dataclass(slots=True)
class _Task:
    arn: str
    plan: JobPlan
    attempt: int
    act: Act
    stale: bool = False
    works: bool = False
    ended: bool = field(default=False)


class Containers:
    """What runs on the fake Fargate, and what must never run there together."""

    def __init__(self, dice: Random, ledger: Ledger, artifacts: MemoryArtifacts, plans: Mapping[str, JobPlan]) -> None:
        """``plans`` are the jobs by their id; the first request of a job says what its containers do."""
        self._dice, self._ledger, self._artifacts, self._plans = dice, ledger, artifacts, plans
        self._tasks: dict[str, list[_Task]] = {}
        self._live: dict[str, _Task] = {}
        self.stale: set[str] = set()
        self.launcher: FakeLauncher | None = None
        self.clock_off_s = 0.0
        self.max_running = 0
        self.max_per_group = 1_000

    def program(self, arn: str, request: Mapping[str, Any]) -> Ending:
        """What the container of a new task does; the fake launcher asks this once for each task."""
        _, _, job_id, number = str(request["startedBy"]).split("/")
        plan, attempt = self._plans[job_id], int(number)
        task = _Task(arn, plan, attempt, plan.act(attempt), str(request["clientToken"]) in self.stale)
        self._launched(job_id, task)
        self._ledger.task_created(job_id, attempt, str(request["clientToken"]))
        starts_s, runs_s = self._dice.uniform(0.5, 6.0), _FOR_EVER_S if task.act is Act.HANGS else plan.runs_for_s
        loop = asyncio.get_running_loop()
        if task.act is Act.UNSTARTED:
            loop.call_later(runs_s, self._end, task)
        else:
            loop.call_later(starts_s, self._begin, task)
            loop.call_later(starts_s + runs_s, self._end, task)
        facts = {"starts_after_s": starts_s, "runs_for_s": runs_s, **_ENDINGS[task.act]}
        return Ending(**facts, leaves=lambda: self._leave(task))

    def _launched(self, job_id: str, task: _Task) -> None:
        known = self._tasks.setdefault(job_id, [])
        if task.stale:
            known.append(task)  # nobody of ours launched it: it may be there, and may not work
            return
        if any(other.attempt == task.attempt and not self._forgotten(other) for other in known):
            self._ledger.breaks("one_task_per_attempt", f"{job_id}/{task.attempt} has a second task")
        known.append(task)
        self._live[task.arn] = task
        if len(self._live) > min(self.max_running, self.max_per_group):
            self._within_caps()

    def _within_caps(self) -> None:
        self._live = {
            arn: task for arn, task in self._live.items() if arn not in self._known() or not self._stopped(task)
        }
        plans = [task.plan for task in self._live.values()]
        groups = Counter([plan.report_type for plan in plans] + [plan.requester for plan in plans])
        if len(plans) > self.max_running or any(count > self.max_per_group for count in groups.values()):
            self._ledger.breaks("caps_never_exceeded", f"{len(plans)} tasks, {groups}")

    def _known(self) -> Mapping[str, FakeTask]:
        assert self.launcher is not None
        return self.launcher.tasks

    def at_work(self, job_id: str) -> list[str]:
        """The tasks of a job that have not stopped; what nobody of ours launched counts when it works."""
        known = self._tasks.get(job_id, [])
        return [task.arn for task in known if (task.works or not task.stale) and not self._stopped(task)]

    def has_begun(self, request: Mapping[str, Any]) -> bool:
        """Whether a container of this attempt has begun its work."""
        _, _, job_id, number = str(request["startedBy"]).split("/")
        return any(task.works and task.attempt == int(number) for task in self._tasks.get(job_id, []))

    def _forgotten(self, task: _Task) -> bool:
        return self.launcher is not None and self.launcher.tasks[task.arn].forgotten

    def _begin(self, task: _Task) -> None:
        job_id = task.plan.job_id
        if self._stopped(task):
            return
        marker = StartMarker.model_construct(task_arn=task.arn, started_at=self._now())
        if not self._artifacts.mark_start(self._uri(task), marker):
            self._yield_to_other(task)
            return
        task.works = True
        if any(other.works and not self._stopped(other) for other in self._tasks[job_id] if other is not task):
            self._ledger.breaks("one_working_task_per_job", f"{job_id}/{task.attempt} works beside another")
        if Act.DONE in self._ledger.acts[job_id].values():
            self._ledger.breaks("what_finished_is_not_run_again", f"{job_id}/{task.attempt}")
        if task.act is Act.HANGS:
            self._ledger.acts[job_id][task.attempt] = Act.HANGS

    def _yield_to_other(self, task: _Task) -> None:
        # Another task works on this attempt: end with the code that says so, and touch nothing.
        assert self.launcher is not None
        fake = self.launcher.tasks[task.arn]
        task.act = Act.SILENT
        began_s = (self._now() - fake.created_at).total_seconds()
        fake.ending = Ending(exit_code=int(ExitCode.ALREADY_WORKED_ON), starts_after_s=began_s, runs_for_s=0.2)

    def _leave(self, task: _Task) -> None:
        self._live.pop(task.arn, None)
        if not task.works and task.act is not Act.UNSTARTED:
            return
        self._ledger.acts[task.plan.job_id][task.attempt] = task.act
        if task.act in _MANIFESTS:
            self._artifacts.leave(self._uri(task), self._manifest(task, _MANIFESTS[task.act]))

    def _end(self, task: _Task) -> None:
        self._live.pop(task.arn, None)
        self._stopped(task)

    def _stopped(self, task: _Task) -> bool:
        assert self.launcher is not None
        return self.launcher.tasks[task.arn].view(self.launcher._now()).stopped

    def _now(self) -> datetime:
        assert self.launcher is not None
        return self.launcher._now() + timedelta(seconds=self.clock_off_s)

    def _uri(self, task: _Task) -> str:
        plan = task.plan
        return f"s3://{self._artifacts.bucket}/{result_prefix(plan.report_type, None, plan.job_id, task.attempt)}"

    def _manifest(self, task: _Task, exit_code: int) -> Manifest:
        failure = ReportFailure(kind="Error", message="it did not work") if exit_code else None
        return Manifest.model_construct(
            status="failed" if exit_code else "succeeded",
            exit_code=exit_code,
            job_id=task.plan.job_id,
            attempt=task.attempt,
            report_type=task.plan.report_type,
            report_version=1,
            trace_id="0" * 32,
            task_arn=task.arn,
            started_at=self._now(),
            finished_at=self._now(),
            failure=failure,
            seconds=task.plan.runs_for_s,
            cpu_seconds=0.5,
            peak_memory_mb=90.0,
        )
