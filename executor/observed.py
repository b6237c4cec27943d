"""Ports as the loops are given them: every answer is a sign of life, and may be measured."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from executor.batches import Batch
from executor.core.launch_answers import Throttled
from executor.core.metrics import Measure, Metric
from executor.port_errors import ThrottledError
from executor.ports import Clock

P = TypeVar("P")

AUTO_SUSPEND_S = 60.0
"""The installed warehouse suspends itself after so many seconds without a statement."""
WITHOUT_WAREHOUSE = {"intake_token", "quiet"}

Seen = Callable[[str, tuple[Any, ...], object], None]
"""Told of every call that was answered: the method, what it was given, and the answer or the error."""


def observed(port: P, seen: Seen) -> P:
    """The same port; ``seen`` is called after each of its answers."""
    return cast(P, _Observed(port, seen))


class _Observed:
    def __init__(self, port: Any, seen: Seen) -> None:
        self._port, self._seen = port, seen

    def __getattr__(self, method: str) -> Any:
        port_method, seen = getattr(self._port, method), self._seen

        async def call(*values: Any, **named: Any) -> Any:
            try:
                answer = await port_method(*values, **named)
            except Exception as error:
                seen(method, values, error)
                raise
            seen(method, values, answer)
            return answer

        setattr(self, method, call)  # a port's methods do not change; the next call finds it at once
        return call


class Gauge:
    """Turns answers of the world into measures."""

    def __init__(self, clock: Clock, add: Callable[[Measure], None]) -> None:
        """``add`` takes what is measured."""
        self._clock, self._add = clock, add
        self._asked_at_s: float | None = None

    def store(self, method: str, values: tuple[Any, ...], _answer: object) -> None:
        """A statement was answered."""
        if method in WITHOUT_WAREHOUSE:
            return
        now_s = self._clock.monotonic_s()
        if self._asked_at_s is None or now_s - self._asked_at_s > AUTO_SUSPEND_S:
            self._add(Measure(Metric.WAREHOUSE_WAKES, 1))
        self._asked_at_s = now_s
        for batch in values:
            if isinstance(batch, Batch):
                self._add(Measure(Metric.FLUSH_ROWS, len(batch)))

    def launcher(self, _method: str, _values: tuple[Any, ...], answer: object) -> None:
        """ECS answered."""
        if isinstance(answer, Throttled | ThrottledError):
            self._add(Measure(Metric.THROTTLES, 1))
