"""How often this executor asks AWS: one bucket for what launches and stops, one for what only looks."""

import asyncio
import math
from collections.abc import Callable

from executor.core import rate
from executor.core.rate import Bucket, Rate
from executor.ports import Clock


class Budget:
    """One bucket, shared by all loops that use it."""

    def __init__(self, clock: Clock, what: Rate) -> None:
        """``what`` may be asked, at the account's quota or below."""
        self._clock = clock
        self._bucket = rate.full(what, clock.monotonic_s())
        self._in_turn, self._first = asyncio.Lock(), asyncio.Lock()

    async def take(self, within_s: float = math.inf) -> bool:
        """Wait in turn until one more call may be made; False when that takes longer than ``within_s``."""
        async with self._in_turn:
            return await self._take(within_s, first=False)

    async def take_first(self, within_s: float = math.inf) -> bool:
        """The same for a call that cannot wait: before all that ask in turn."""
        async with self._first:
            return await self._take(within_s, first=True)

    async def _take(self, within_s: float, *, first: bool) -> bool:
        give_up_at_s = self._clock.monotonic_s() + within_s
        while True:
            now_s = self._clock.monotonic_s()
            wait_s = rate.wait_s(self._bucket, now_s, first=first)
            if wait_s == 0:
                self._bucket = rate.taken(self._bucket, now_s)
                return True
            if now_s + wait_s > give_up_at_s:
                return False
            await asyncio.sleep(wait_s)

    def ahead(self, seconds: float, *, first: bool = False) -> int:
        """How many calls may be made within the next seconds; ``first`` for calls that cannot wait."""
        return rate.ahead(self._bucket, self._clock.monotonic_s(), seconds, first=first)

    def throttled(self) -> None:
        """AWS asks for patience: half the rate for a while, and a short rest."""
        self._change(lambda bucket, now_s: rate.refused(bucket, now_s, self._clock.dice()))

    def without_room(self) -> None:
        """There was no room, or no quota left: as after a throttle, with longer rests."""
        self._change(lambda bucket, now_s: rate.refused(bucket, now_s, self._clock.dice(), no_room=True))

    def granted(self) -> None:
        """AWS took a call."""
        self._change(lambda bucket, _now_s: rate.granted(bucket))

    def room_again(self) -> None:
        """A task of ours ended: what rests for want of room may go on."""
        self._change(rate.opened)

    def _change(self, how: Callable[[Bucket, float], Bucket]) -> None:
        self._bucket = how(self._bucket, self._clock.monotonic_s())


class Budgets:
    """The two budgets of one executor, in AWS's own division."""

    def __init__(self, clock: Clock, launches: Rate, reads: Rate) -> None:
        """``launches``: RunTask and StopTask; ``reads``: DescribeTasks and ListTasks."""
        self.launches = Budget(clock, launches)
        self.reads = Budget(clock, reads)
