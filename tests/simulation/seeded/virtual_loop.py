"""An event loop whose time is a number: a pause costs nothing, and an hour of a scenario is over in a moment."""

import asyncio
from typing import Any


class StalledError(RuntimeError):
    """Everybody waits for somebody else, and nothing will ever happen."""


class _Timeless:
    """Takes the place of the selector: it never waits, but notes how long it should have."""

    now_s = 0.0

    def select(self, timeout: float | None) -> list[Any]:
        if timeout is None:
            raise StalledError("no timer is set and nothing is ready")
        self.now_s += max(0.0, timeout)
        return []

    def close(self) -> None:
        """Nothing is open."""


class VirtualLoop(asyncio.BaseEventLoop):
    """asyncio's own loop without sockets, signals and wall clock."""

    def __init__(self) -> None:
        super().__init__()
        self._selector = _Timeless()
        self._clock_resolution = 1e-6

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._selector.now_s

    def _process_events(self, event_list: list[Any]) -> None:
        """There are none."""

    def _write_to_self(self) -> None:
        """Nobody outside has to be woken."""
