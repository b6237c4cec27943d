"""How often this executor asks AWS: one bucket for what launches and stops, one for what only looks."""

import asyncio
from collections.abc import Callable

from executor.core import rate
from executor.core.rate import Bucket, Rate
from executor.ports import Clock

NO_ROOM_REST_S = 60.0
"""The longest rest after Fargate had no room; a task of ours that ends makes it shorter."""


class Budget:
    """One bucket, shared by all loops that use it."""

    def __init__(self, clock: Clock, what: Rate) -> None:
        """``what`` may be asked, at the account's quota or below."""
        self._clock = clock
        self._bucket = rate.full(what, clock.monotonic_s())

    async def take(self) -> None:
        """Wait until one more call may be made."""
        self._bucket, wait_s = rate.taken(self._bucket, self._clock.monotonic_s())
        if wait_s > 0:
            await asyncio.sleep(wait_s)

    def ahead(self, seconds: float) -> int:
        """How many calls may be made within the next seconds."""
        return rate.ahead(self._bucket, self._clock.monotonic_s(), seconds)

    def throttled(self) -> None:
        """AWS asks for patience: half the rate for a while, and a short rest."""
        self._change(lambda bucket, now_s: rate.refused(bucket, now_s, self._clock.dice()))

    def without_room(self) -> None:
        """There was no room, or no quota left: as after a throttle, with longer rests."""
        self._change(lambda bucket, now_s: rate.refused(bucket, now_s, self._clock.dice(), NO_ROOM_REST_S))

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
