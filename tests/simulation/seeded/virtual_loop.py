"""An event loop whose time is a number: a pause costs nothing, and an hour of a scenario is over in a moment.

asyncio's own loop spends most of a simulated hour on comparing timers and on asking a selector for nothing. This one
keeps the order that asyncio promises (what is ready runs first come, first served; timers by their time, those of one
moment in the order in which they were set) and leaves out the rest.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context
from heapq import heappop, heappush
from typing import Any, TypeVarTuple, Unpack

_Ts = TypeVarTuple("_Ts")


class StalledError(RuntimeError):
    """Everybody waits for somebody else, and nothing will ever happen."""


class _Call(asyncio.TimerHandle):
    """Something to be done, now or at a moment, without what only a debugger needs."""

    __slots__ = ()

    def __init__(self, callback: Callable[..., object], args: tuple[Any, ...], context: Context | None) -> None:
        # Not the parent's, which does four times as much: this is made half a million times in a hundred scenarios.
        self._callback, self._args = callback, args
        self._context = copy_context() if context is None else context
        self._cancelled = False

    def __repr__(self) -> str:
        return f"<{self._callback}>"

    def cancel(self) -> None:
        """It will not be done."""
        self._cancelled = True


class VirtualLoop(asyncio.BaseEventLoop):
    """A loop without sockets, signals, threads and wall clock; a fault in a callback ends it loudly."""

    def __init__(self) -> None:
        super().__init__()
        self._now_s = 0.0
        self._turn: deque[_Call] = deque()
        self._later: list[tuple[float, int, _Call]] = []
        self._timers = 0

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._now_s

    def call_soon(
        self, callback: Callable[[Unpack[_Ts]], object], *args: *_Ts, context: Context | None = None
    ) -> _Call:
        """In its turn, at this moment."""
        call = _Call(callback, args, context)
        self._turn.append(call)
        return call

    def call_later(
        self,
        delay: float,
        callback: Callable[[Unpack[_Ts]], object],
        *args: *_Ts,
        context: Context | None = None,
    ) -> _Call:
        """After so many virtual seconds."""
        return self.call_at(self._now_s + delay, callback, *args, context=context)

    def call_at(
        self, when: float, callback: Callable[[Unpack[_Ts]], object], *args: *_Ts, context: Context | None = None
    ) -> _Call:
        """At a virtual moment."""
        call = _Call(callback, args, context)
        self._timers += 1
        heappush(self._later, (when, self._timers, call))
        return call

    def _run_once(self) -> None:
        turn = self._turn
        if not turn:
            self._next_moment()
        while turn:
            call = turn.popleft()
            if not call._cancelled:
                call._context.run(call._callback, *call._args)

    def _next_moment(self) -> None:
        later = self._later
        while later and later[0][2]._cancelled:
            heappop(later)
        if not later:
            raise StalledError("no timer is set and nothing is ready")
        self._now_s = now_s = max(self._now_s, later[0][0])
        while later and later[0][0] <= now_s:
            self._turn.append(heappop(later)[2])

    def _process_events(self, event_list: list[Any]) -> None:
        """There are none."""

    def _write_to_self(self) -> None:
        """Nobody outside has to be woken."""
