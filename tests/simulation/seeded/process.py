"""One executor process of a scenario: the whole service over its own lines, with a clock of its own."""

import asyncio
from collections.abc import Callable
from contextvars import Context, ContextVar
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from executor.settings import ExecutorSettings
from executor.wiring import Ports, assemble, watched
from tests.simulation.seeded.lines import Line
from tests.simulation.seeded.plan import Fault
from tests.simulation.world import settings

if TYPE_CHECKING:
    from tests.simulation.seeded.aging_lease import AgingLease
    from tests.simulation.seeded.stage import Stage

PROCESS: ContextVar[str] = ContextVar("process", default="-")
"""Whose step this is, for the log."""


@cache
def _settings(**changes: Any) -> ExecutorSettings:
    return settings(**changes)


class OwnClock:
    """The clock of one machine: wrong by minutes perhaps, but its seconds are as long as everybody's."""

    def __init__(self, stage: "Stage", off_s: float, since_s: float) -> None:
        self._dice, self._now, self._time = stage.dice, stage.clock.now, asyncio.get_running_loop().time
        self._off, self._since_s = timedelta(seconds=off_s), since_s

    def now(self) -> datetime:
        """The present, as this machine sees it."""
        return self._now() + self._off

    def monotonic_s(self) -> float:
        """Seconds that only ever grow, from a beginning of their own."""
        return self._time() + self._since_s

    def dice(self) -> float:
        """A random number in [0, 1)."""
        return self._dice.random()


class Process:
    """It can be killed, stand still and be told to stop, at any moment and at any of its calls."""

    def __init__(
        self, stage: "Stage", name: str, lease: "AgingLease", passing: Callable[["Process", str], None] | None = None
    ) -> None:
        self.stage, self.name, self.lease = stage, name, lease
        self.quiet_at_s = 0.0
        self.dead = False
        self.under_way: list[asyncio.Future[Any]] = []
        self.stopping = False
        self._awake = asyncio.Event()
        self._awake.set()
        self._steps_left: list[tuple[int, Fault]] = []
        off_s = stage.dice.uniform(-600, 600) if stage.plan.has(Fault.SKEW) else 0.0
        lines: dict[str, Any] = {
            "store": stage.store,
            "launcher": stage.launcher,
            "artifacts": stage.artifacts,
            "logs": stage.logs,
            "lease": lease,
        }
        clock = OwnClock(stage, off_s, stage.dice.uniform(0, 1e5))
        ports = Ports(clock=clock, **{key: Line(port, key, self) for key, port in lines.items()})
        if passing is not None:
            ports = watched(ports, lambda place: passing(self, place))
        service = assemble(ports, _settings(**stage.settings), name)
        self._stop = asyncio.Event()
        own = Context()
        own.run(PROCESS.set, name)
        self.task = asyncio.create_task(service.run(self._stop), name=name, context=own)
        self.task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None and not self.dead:
            self.stage.ledger.breaks("an_executor_goes_on", f"{self.name}: {task.exception()!r}")
        self.dead = True

    def strikes_in(self, calls: int, fault: Fault) -> None:
        """After so many of its calls it dies, or stands still, in the middle of one."""
        self._steps_left.append((calls, fault))

    def shows_its_trust(self) -> None:
        """It is about to send a statement that writes: its lease must be good for as long as that may take."""
        age_s = self.lease.age_s(self.name)
        if age_s is not None:
            self.stage.ledger.nothing_sent_without_trust(self.name, age_s)

    def shows_its_quiet(self) -> None:
        """It is about to say that nothing of it is under way any more."""
        if any(not statement.done() for statement in self.under_way):
            self.stage.ledger.breaks("released_means_quiet", self.name)

    async def reaches(self, step: str) -> None:
        """A step of the process: here it waits while it stands still, and here it may die."""
        if self._steps_left and not self.stage.calm:
            self._count_down()
        if not self._awake.is_set():
            await self._awake.wait()
        if self.dead:
            raise asyncio.CancelledError(step)

    def _count_down(self) -> None:
        left = [(calls - 1, fault) for calls, fault in self._steps_left]
        self._steps_left = [(calls, fault) for calls, fault in left if calls > 0]
        for calls, fault in left:
            if calls == 0:
                self.stage.struck(fault)
                self.kill() if fault is Fault.KILL_AT_STEP else self.stand_still()

    def stand_still(self) -> None:
        """Not a step until it wakes up, as a machine that is paused."""
        self._awake.clear()
        asyncio.get_running_loop().call_later(self.stage.dice.choice((2.0, 12.0, 25.0, 60.0)), self._awake.set)

    def wake_up(self) -> None:
        """It goes on where it stood."""
        self._awake.set()

    def kill(self) -> None:
        """Kill -9: nothing is written any more, nothing is let go."""
        self.dead = True
        self.task.cancel()

    def stop(self) -> None:
        """Be told to stop."""
        self.stopping = True
        self._stop.set()
