"""Two executors on one queue: each is started again when it ends, blows fall on them, and it is seen who leads when."""

import asyncio
import signal
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random

from tests.chaos.executors import Executor
from tests.chaos.plan import Blow, Strike

POINT_PATIENCE_S = 30.0
"""So long a leader may work without passing the crash point that waits for it; then it is told to stop, in order."""
STOP_PATIENCE_S = 4.0
"""The same for a crash point on the way out."""
ON_THE_WAY_OUT = "stop."
ONCE = ("stop.", "lead.", "commands.", "cancel.")
"""Loops that come to some of their places seldom, or once in a reign."""
AFTER_LOST_REPLIES = ("store.progress", "store.fence")
LATEST_PASSING = 3
WORKS_S = 8.0
TRIES_PER_POINT = 2
SETTLES_WITHIN_S = 150.0
LEADS_WITHIN_S = 30.0
START_AGAIN_S = 1.0
LOOK_EVERY_S = 0.1


@dataclass(slots=True)
class Score:
    """What happened in a lane.

    Attributes:
        passed: crash points, and how often an executor killed itself there.
        unreached: crash points that no executor came to.
        blows: what was done to executors, by kind.
        own_ends: executors that ended without being told or killed.
        take_overs_s: from the loss of a leader to the next lead, where a ready stand-by was there and lived.
        unmeasured: losses of a leader without a ready stand-by: it was killed or started at the same time.
        unsettled: how often no two executors, one leading, were seen in time.
    """

    passed: Counter[str] = field(default_factory=Counter)
    unreached: set[str] = field(default_factory=set)
    blows: Counter[Blow] = field(default_factory=Counter)
    own_ends: list[str] = field(default_factory=list)
    take_overs_s: list[float] = field(default_factory=list)
    unmeasured: int = 0
    unsettled: int = 0


class Lane:
    """The stage of one queue."""

    def __init__(
        self, pair: tuple[Executor, Executor], points: Iterable[str], dice: Random, say: Callable[[str], None]
    ) -> None:
        """Two places for executors, the crash points to die at, chance, and whom to tell of what goes wrong."""
        self.score = Score()
        self._pair, self._dice, self._say = pair, dice, say
        self._points = deque((point, 1) for point in points)
        self._armed: dict[str, tuple[str, int]] = {}
        self._struck: set[str] = set()
        self._keepers: list[asyncio.Task[None]] = []
        self._over = False
        self._lost_at_s: float | None = None
        for executor in pair:
            executor.on_lead = self._led

    async def run(self, strikes: Iterable[Strike]) -> None:
        """Die at every crash point, then at random; executors run when this ends, until :meth:`stop`."""
        self._keepers = [asyncio.create_task(self._keep(executor)) for executor in self._pair]
        while self._points or self._armed:
            self._hurry()
            await self._moment()
        for strike in strikes:
            if await self._settled():
                await asyncio.sleep(strike.pause_s)
                await self._strike(strike)
        await self._settled()

    async def stop(self) -> None:
        """End both executors in order."""
        self._over = True
        for executor in self._pair:
            executor.signal(signal.SIGTERM)
        await asyncio.gather(*self._keepers)

    @property
    def leaders(self) -> int:
        """How many executors believe that they lead."""
        return sum(executor.leads for executor in self._pair)

    @property
    def wants_lost_replies(self) -> bool:
        """Whether a leader is to die where it finds out what became of a write whose answer was lost."""
        armed = [
            self._armed[executor.name][0] for executor in self._pair if executor.leads and executor.name in self._armed
        ]
        return any(point.endswith(AFTER_LOST_REPLIES) for point in armed)

    async def _keep(self, executor: Executor) -> None:
        # As the service of the executor does: whatever ends is started again.
        while not self._over:
            if self._points:
                self._armed[executor.name] = self._points.popleft()
            peer = self._peer(executor)
            await self._until(lambda: peer.leads or not self._waits_for(executor))  # noqa: B023 - of this executor
            point, tries = self._armed.get(executor.name, (None, 0))
            await executor.start(self._order(point, tries) if point else None)
            code = await executor.ended()
            self._ended(executor, code)
            if not self._over:
                await asyncio.sleep(START_AGAIN_S)

    def _order(self, point: str, tries: int) -> str:
        # What a leader does again and again it dies of at a later time, too, so that something is done in between.
        once = tries > 1 or point.startswith(ONCE)
        return point if once else f"{point}:{self._dice.randint(1, LATEST_PASSING)}"

    def _ended(self, executor: Executor, code: int) -> None:
        point, tries = self._armed.pop(executor.name, (None, 0))
        struck = executor.name in self._struck
        self._struck.discard(executor.name)
        if point is not None and code == -signal.SIGKILL:
            self.score.passed[point] += 1
            if not struck:
                self._lost(executor, time.monotonic())
        elif point is not None and code == 0 and tries < TRIES_PER_POINT:
            self._points.append((point, tries + 1))
        elif point is not None and code == 0:
            self.score.unreached.add(point)
        elif not (self._over and code == 0) and not (struck and code in {0, -signal.SIGKILL}):
            self.score.own_ends.append(f"{executor.name} ended with {code}; see {executor.log}")
            self._say(self.score.own_ends[-1])

    def _hurry(self) -> None:
        for executor in self._pair:
            point, _ = self._armed.get(executor.name, ("", 0))
            patience_s = STOP_PATIENCE_S if point.startswith(ON_THE_WAY_OUT) else POINT_PATIENCE_S
            peer = self._peer(executor)
            if point and executor.leads and executor.leads_for_s > patience_s:
                self._end(executor)
            elif executor.stands_by and peer.leads_for_s > WORKS_S and self._waits_for(peer):
                self._end(peer)

    def _waits_for(self, executor: Executor) -> bool:
        # Only a leader comes to most places: the last place that is left must not wait behind one that has none.
        return executor.name not in self._armed and self._peer(executor).name in self._armed and not self._points

    def _end(self, executor: Executor) -> None:
        self._struck.add(executor.name)
        executor.leads = False
        executor.signal(signal.SIGTERM)

    def _peer(self, executor: Executor) -> Executor:
        return self._pair[executor is self._pair[0]]

    def _lost(self, executor: Executor, at_s: float) -> None:
        if executor.led:
            if self._peer(executor).stands_by:
                self._lost_at_s = at_s
            else:
                self.score.unmeasured += 1
        elif self._lost_at_s is not None:
            # The stand-by that was to take over is gone as well.
            self._lost_at_s = None
            self.score.unmeasured += 1

    def _led(self) -> None:
        if self._lost_at_s is not None:
            took_s = time.monotonic() - self._lost_at_s
            self.score.take_overs_s.append(took_s)
            if took_s > LEADS_WITHIN_S:
                self._say(f"{self._pair[0].name} or its peer led only after {took_s:.1f} s")
        self._lost_at_s = None

    async def _settled(self) -> bool:
        settled = await self._until(
            lambda: any(executor.leads and self._peer(executor).stands_by for executor in self._pair)
        )
        if not settled:
            self.score.unsettled += 1
            self._say(f"{self._pair[0].name}: no leader and stand-by within {SETTLES_WITHIN_S:.0f} s")
        return settled

    async def _until(self, is_so: Callable[[], bool]) -> bool:
        until_s = time.monotonic() + SETTLES_WITHIN_S
        while not is_so():
            if time.monotonic() > until_s:
                return False
            await self._moment()
        return True

    async def _moment(self) -> None:
        await asyncio.sleep(LOOK_EVERY_S)
        for keeper in self._keepers:
            if keeper.done() and not self._over:
                keeper.result()  # raises what ended it

    async def _strike(self, strike: Strike) -> None:
        leader = next((executor for executor in self._pair if executor.leads), self._pair[0])
        self.score.blows[strike.blow] += 1
        match strike.blow:
            case Blow.KILL_LEADER:
                self._kill(leader)
            case Blow.KILL_STAND_BY:
                self._kill(self._peer(leader))
            case Blow.KILL_CUT_OFF_LEADER:
                leader.line.stall()
                await asyncio.sleep(strike.lasts_s)
                self._kill(leader)
                leader.line.mend()
            case Blow.FREEZE_LEADER:
                await self._freeze(leader)
            case Blow.CUT | Blow.STALL:
                (leader.line.cut if strike.blow is Blow.CUT else leader.line.stall)()
                await asyncio.sleep(strike.lasts_s)
                leader.line.mend()

    def _kill(self, executor: Executor) -> None:
        self._struck.add(executor.name)
        self._take_out(executor, signal.SIGKILL)

    def _take_out(self, executor: Executor, number: signal.Signals) -> None:
        executor.led = executor.leads
        self._lost(executor, time.monotonic())
        executor.leads = executor.stands_by = False
        executor.signal(number)

    async def _freeze(self, leader: Executor) -> None:
        self._take_out(leader, signal.SIGSTOP)
        await self._until(lambda: self._peer(leader).leads)
        leader.signal(signal.SIGCONT)
