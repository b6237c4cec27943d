"""Signs of life of the loops, and when each is expected back."""

from contextvars import Context, ContextVar, copy_context

from executor.ports import Clock

_LOOP: ContextVar[str | None] = ContextVar("loop", default=None)


class Pulse:
    """Remembers by loop when the next sign of life is due."""

    def __init__(self, clock: Clock) -> None:
        """``clock`` gives the monotonic seconds that ages are counted in."""
        self._clock = clock
        self._due_s: dict[str, float] = {}

    def context(self, loop: str) -> Context:
        """A context to run a loop in: what happens there, in tasks of its own too, is known to be its doing."""
        self.rests(loop, 0.0)
        context = copy_context()
        context.run(_LOOP.set, loop)
        return context

    def rests(self, loop: str, pause_s: float) -> None:
        """A loop has come round and will be back after so many seconds."""
        self._due_s[loop] = self._clock.monotonic_s() + pause_s

    def answered(self) -> None:
        """The world answered to the loop in whose context this is called."""
        loop = _LOOP.get()
        if loop in self._due_s:
            self._due_s[loop] = self._clock.monotonic_s()

    def late_s(self) -> dict[str, float]:
        """By loop, how many seconds its sign of life is overdue; 0 while it rests."""
        now_s = self._clock.monotonic_s()
        return {loop: max(0.0, now_s - due_s) for loop, due_s in self._due_s.items()}
