"""How long a deployment may take until there is a verdict: one limit for all of its steps together.

It stands still while images are built and while a person thinks, because neither is ours to hurry. Steps look at it
where they wait; what waits in a vendor's client, which nobody can ask to look, is interrupted by a signal.
"""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

WITHIN_S: Final = 900.0
"""A deployment has said by then what became of it."""
TAKE_BACK_S: Final = 240.0
"""Of that, the end is kept for taking an update back that has no end of its own."""
GRACE_S: Final = 20.0
"""After the limit, so long may locks be given back before that is broken off, too."""


class TooLateError(BaseException):
    """There is no verdict in time; the message says what was waited for. No client of a vendor takes it for its own."""


class Limit:
    """Seconds that are left.

    Args:
        within_s: so many there are, from now on.
        clock: tells seconds that only ever grow.
        sleep: waits for seconds.
    """

    def __init__(
        self,
        within_s: float = WITHIN_S,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._within_s, self._clock, self._sleep = within_s, clock, sleep
        self._until_s = clock() + within_s
        self._armed = False

    @property
    def left_s(self) -> float:
        """Seconds that are left; below zero when it has passed."""
        return self._until_s - self._clock()

    def begin(self) -> None:
        """Count anew."""
        self._until_s = self._clock() + self._within_s

    def wait(self, seconds: float) -> None:
        """Wait between two looks, but not past the limit."""
        self._sleep(max(0.0, min(seconds, self.left_s)))

    @contextmanager
    def stands_still(self) -> Iterator[None]:
        """What happens within does not count."""
        left_s = self.left_s
        self._set_alarm(0.0)
        try:
            yield
        finally:
            self._until_s = self._clock() + left_s
            self._set_alarm(left_s)

    @contextmanager
    def kept(self, last: Callable[[], str]) -> Iterator[None]:
        """See that what happens within ends in time, whatever it waits for.

        Args:
            last: tells the last step that was told, for the error.

        Raises:
            TooLateError: it did not.
        """
        if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
            yield  # signals reach the main thread alone; there, every step still looks at the limit by itself
            return

        def late(_number: int, _frame: FrameType | None) -> None:
            self._set_alarm(GRACE_S)
            raise TooLateError(f"no verdict within {self._within_s / 60:g} minutes; the last step told was: {last()}")

        before = signal.signal(signal.SIGALRM, late)
        self._armed = True
        self._set_alarm(self.left_s)
        try:
            yield
        finally:
            self._set_alarm(0.0)
            self._armed = False
            signal.signal(signal.SIGALRM, before)

    def _set_alarm(self, seconds: float) -> None:
        if self._armed:
            signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001) if seconds else 0.0)
