"""A clock that moves only when told to, or with the time of a test's event loop."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

EPOCH = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""When virtual time begins: a Monday morning."""


class VirtualClock:
    """The ``Clock`` port on virtual time; the dice are seeded, so that a run can be repeated."""

    def __init__(
        self, monotonic_s: Callable[[], float] | None = None, *, epoch: datetime = EPOCH, seed: int = 7
    ) -> None:
        """Without ``monotonic_s`` time stands still until :meth:`advance`.

        Args:
            monotonic_s: seconds of another clock, for example ``loop.time`` of a virtual-time loop.
            epoch: the moment at which that clock shows 0.
            seed: of the dice.
        """
        self._outer_s = monotonic_s or (lambda: 0.0)
        self._ahead_s = 0.0
        self._epoch = epoch
        self._shown = (0.0, epoch)
        self._random = random.Random(seed)

    def now(self) -> datetime:
        """The present, UTC."""
        seconds = self.monotonic_s()
        if seconds != self._shown[0]:
            self._shown = (seconds, self._epoch + timedelta(seconds=seconds))
        return self._shown[1]

    def monotonic_s(self) -> float:
        """Seconds that only ever grow."""
        return self._outer_s() + self._ahead_s

    def dice(self) -> float:
        """A random number in [0, 1)."""
        return self._random.random()

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._ahead_s += seconds
