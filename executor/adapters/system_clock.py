"""The machine's clock and its dice."""

import random
import time
from datetime import UTC, datetime


class SystemClock:
    """The ``Clock`` port on this machine."""

    def now(self) -> datetime:
        """The present, UTC."""
        return datetime.now(UTC)  # noqa: TID251 - the one place that reads the wall clock

    def monotonic_s(self) -> float:
        """Seconds that only ever grow."""
        return time.monotonic()

    def dice(self) -> float:
        """A random number in [0, 1)."""
        return random.random()  # noqa: TID251 - the one place that rolls dice
