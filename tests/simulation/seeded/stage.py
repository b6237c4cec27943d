"""One scenario, played: the world, the trouble, and the verdict."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from random import Random
from typing import Any

from contract.states import TERMINAL
from executor.core.launch_answers import Errored, Refused, Throttled
from executor.testing.memory_artifacts import MemoryArtifacts
from executor.testing.memory_logs import MemoryLogs
from executor.testing.virtual_clock import VirtualClock
from tests.jobs import definition
from tests.jobs import request as new_request
from tests.simulation.seeded.aging_lease import AgingLease
from tests.simulation.seeded.containers import Containers
from tests.simulation.seeded.ledger import MAX_ATTEMPTS, Ledger
from tests.simulation.seeded.plan import TYPES, Fault, JobPlan, Scenario
from tests.simulation.seeded.process import Process
from tests.simulation.seeded.shy_launcher import ShyLauncher
from tests.simulation.seeded.store import BookedStore
from tests.simulation.seeded.trouble import Trouble

ENDS_WITHIN_S = 3_600.0
"""After the trouble is over, every job comes to its end within this time."""
TOO_OLD_S = 8 * 86_400.0
OLD_EACH = 6
FORBIDDEN = Errored("ClientException", "The task definition is no longer active.", 400)


class Stage:
    """Queue, bucket, ECS, executors and their faults, in virtual time."""

    def __init__(self, plan: Scenario, passing: Callable[[Process, str], None] | None = None) -> None:
        """``passing`` is told of every crash point that an executor passes."""
        loop = asyncio.get_running_loop()
        self.plan, self.passing = plan, passing
        self.dice = Random(f"play {plan.seed}")
        self.over = asyncio.Event()
        self.calm = False
        self.faults: set[Fault] = set()
        self._time = loop.time
        self.clock = VirtualClock(loop.time)
        self.ledger = Ledger(self)
        self.store = BookedStore(self.clock.now, self.ledger)
        self.artifacts, self.logs = MemoryArtifacts(), MemoryLogs()
        plans: dict[str, JobPlan] = {}
        for job in plan.jobs:
            plans.setdefault(job.job_id, job)
        self.containers = Containers(self.dice, self.ledger, self.artifacts, plans)
        self.launcher = ShyLauncher(self.clock.now, self.containers.program)
        self.containers.launcher, self.containers.max_running = self.launcher, plan.max_running
        self.lease = AgingLease(self.clock.monotonic_s)
        self.processes: list[Process] = []
        self.settings: Mapping[str, Any] = {
            "max_running": plan.max_running,
            "poll_interval_s": 6,
            "watch_interval_s": 6,
            "flush_interval_s": 3,
        }
        if plan.has(Fault.SPIKES):
            most = max(2, plan.max_running // 2)
            self.settings = {**self.settings, "max_running_per_type": most, "max_running_per_requester": most}
            self.containers.max_per_group = most
            self.struck(Fault.SPIKES)
        self.max_infra_failures = 5
        self.trouble = Trouble(self)
        self._away: dict[str, float] = {}
        self._alone: set[asyncio.Future[Any]] = set()
        self._left = len(plan.jobs)
        for name in TYPES:
            self.store.define(name, 1, definition(timeout_s=60, max_attempts=MAX_ATTEMPTS))

    @property
    def now_s(self) -> float:
        """Virtual seconds since the curtain rose."""
        return self._time()

    def struck(self, fault: Fault) -> None:
        """A kind of trouble really happened."""
        self.faults.add(fault)

    def one_ended(self) -> None:
        """One more request came to its end."""
        self._left -= 1
        if self._left == 0 and self.calm:
            self.over.set()

    def fate(self, fates: Mapping[Any, Fault]) -> Any | None:
        """What becomes of the next call; mostly nothing special."""
        if self.dice.random() > self.plan.rate * 3:
            return None
        possible = [fate for fate, fault in fates.items() if self.plan.has(fault)]
        return self.dice.choice(possible) if possible else None

    def away(self, port: str) -> bool:
        """Whether that part of the world cannot be reached at all at this moment."""
        return self.now_s < self._away.get("store" if port == "store" else "aws", 0.0)

    def be_away(self, part: str, seconds: float) -> None:
        """Let ``store`` or ``aws`` be out of reach for a while."""
        self._away[part] = self.now_s + seconds

    def carry_out(self, call: Callable[[], Awaitable[Any]], in_s: float) -> asyncio.Future[Any]:
        """Do something later that belongs to no executor."""

        async def later() -> Any:
            await asyncio.sleep(in_s)
            return await call()

        task = asyncio.ensure_future(later())
        self._alone.add(task)
        task.add_done_callback(self._alone.discard)
        return task

    def send_again(self, request: Mapping[str, Any]) -> None:
        """The same launch comes once more, a day late: its task has begun long ago, and its token is forgotten."""
        token = str(request["clientToken"])

        async def arrive() -> None:
            if self.containers.has_begun(request):
                self.struck(Fault.STALE)
                self.launcher._calls.pop(token, None)
                self.containers.stale.add(token)
                await self.launcher.run(request)

        self.carry_out(arrive, self.dice.uniform(5, 60))

    def start(self, name: str, lease: AgingLease | None = None) -> Process:
        """One more executor process."""
        self.processes.append(Process(self, name, lease or self.lease, self.passing))
        return self.processes[-1]

    def ask(self, job: JobPlan) -> None:
        """One request arrives."""
        request = new_request(
            request_id=f"request-{job.number:04d}",
            job_id=job.job_id,
            report_type=job.report_type,
            priority=job.priority,
            business_date=None,
        )
        old = self.plan.has(Fault.OLD) and job.number % OLD_EACH == 0
        if old:
            self.struck(Fault.OLD)
        self.store.enqueue(request, requested_by=job.requester, age_s=TOO_OLD_S if old else 0.0)

    async def play(self) -> None:
        """From the first request to the last end, or to the first broken rule."""
        loop = asyncio.get_running_loop()
        for job in self.plan.jobs:
            loop.call_at(job.at_s, self.ask, job) if job.at_s else self.ask(job)
        self.trouble.begin()
        loop.call_at(self.plan.trouble_s, self.trouble.end)
        try:
            await asyncio.wait_for(self.over.wait(), self.plan.trouble_s + ENDS_WITHIN_S)
        except TimeoutError:
            self.ledger.breaks("every_job_ends", f"within {ENDS_WITHIN_S} s: {self._open()}")
        await self._close()

    def _open(self) -> dict[str, str]:
        rows = self.store.state
        return {
            key: rows[key].job.status if key in rows else "QUEUED"
            for key in self.store.intake
            if key not in rows or rows[key].job.status not in TERMINAL
        }

    async def _close(self) -> None:
        for process in self.processes:
            process.kill()
        await asyncio.gather(*(process.task for process in self.processes), return_exceptions=True)
        # What was killed in the midst of its own work can leave something behind, as a server can.
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def answer_next(self) -> None:
        """RunTask refuses the next launches, as far as the scenario has it."""
        times = self.dice.choice((1, 3, 10))
        if self.plan.has(Fault.THROTTLED):
            self.launcher.answer_next(Throttled("Rate exceeded"), times)
            self.struck(Fault.THROTTLED)
        if self.plan.has(Fault.NO_ROOM):
            self.launcher.answer_next(Refused("Capacity is unavailable at this time."), times)
            self.struck(Fault.NO_ROOM)
        if self.plan.has(Fault.FORBIDDEN):
            self.launcher.answer_next(FORBIDDEN)
            self.struck(Fault.FORBIDDEN)
