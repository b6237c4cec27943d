"""Where the executor tells how it is; without them it works all the same."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from executor.core.metrics import Measure


class Heartbeat(Protocol):
    """Where the executor says that it is well, for whoever restarts it when it is not."""

    def beat(self, now_s: float, late_s: Mapping[str, float]) -> None:
        """All loops are well at this moment of the monotonic clock; ``late_s`` is how late each of them is."""


class Metrics(Protocol):
    """Where measures go."""

    def add(self, measure: Measure) -> None:
        """Keep a value until the next write."""

    def write(self, now: datetime) -> None:
        """Hand on what was measured since the last write."""
