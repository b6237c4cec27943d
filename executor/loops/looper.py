"""Runs a round again and again: with a bell, back-off after trouble, and a loud end after too much of it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Self

import structlog

from executor.crash_points import LOOP
from executor.port_errors import CloudUnavailableError, DeposedError, StateMissingError, StoreUnavailableError

MAX_FAULTS_IN_A_ROW = 10
MAX_PAUSE_S = 30.0
SAY_AGAIN_S = 60.0

log = structlog.get_logger()


class LoopDiedError(RuntimeError):
    """A loop failed too often in a row; the process must end loudly rather than go on without it."""


async def run_every(
    name: str,
    tick: Callable[[], Awaitable[float | None]],
    *,
    every_s: float,
    stop: asyncio.Event,
    bell: asyncio.Event | None = None,
    max_pause_s: float = MAX_PAUSE_S,
    on_deposed: Callable[[], None] = lambda: None,
    on_rest: Callable[[float], None] = lambda _pause_s: None,
) -> None:
    """Call ``tick`` every so many seconds, or when it says, or when the bell rings, until told to stop.

    Outages are waited out however long they last, with pauses of at most ``max_pause_s``, and told once a minute.
    Anything else is a fault of ours: after ten in a row the loop ends with :class:`LoopDiedError`. ``on_rest`` is told
    after every round for how many seconds the loop rests.
    """
    LOOP.set(name)
    faults, outage, pause_s = 0, _Outage(name), every_s
    with _Rest(stop, bell) as rest:
        while not stop.is_set():
            try:
                asked_s = await tick()
            except DeposedError as error:
                log.warning("another executor leads now", action="deposed", loop=name, reason=str(error))
                on_deposed()
            except (StoreUnavailableError, CloudUnavailableError, StateMissingError, OSError) as error:
                # An OSError that nobody caught before is trouble of this machine: a full disk passes, too.
                outage.again(str(error))
            except LoopDiedError:
                raise
            except Exception as error:
                faults += 1
                log.exception("a round failed", action="loop_fault", loop=name, times=faults)
                if faults >= MAX_FAULTS_IN_A_ROW:
                    raise LoopDiedError(f"the {name} loop failed {faults} times in a row: {error}") from error
            else:
                faults = 0
                outage.over()
                pause_s = every_s if asked_s is None else asked_s
            if trouble := faults + outage.times:
                pause_s = min(max_pause_s, every_s * 2.0 ** min(trouble, 10))
            on_rest(pause_s)
            await rest.for_up_to(pause_s)


class _Outage:
    """Trouble that passes by itself: said when it begins, when its reason changes, once a minute, and when it ends."""

    def __init__(self, loop: str) -> None:
        self._loop, self.times = loop, 0
        self._said, self._said_at_s = "", 0.0

    def again(self, reason: str) -> None:
        self.times += 1
        now_s = asyncio.get_running_loop().time()
        if self.times == 1 or reason != self._said or now_s - self._said_at_s >= SAY_AGAIN_S:
            log.warning("waiting for it to pass", action="outage", loop=self._loop, reason=reason, times=self.times)
            self._said, self._said_at_s = reason, now_s

    def over(self) -> None:
        if self.times:
            log.info("it has passed", action="outage_over", loop=self._loop, times=self.times)
        self.times, self._said = 0, ""


class _Rest:
    """Waits until the time is over, the bell rings or the stop comes."""

    def __init__(self, stop: asyncio.Event, bell: asyncio.Event | None) -> None:
        self._bell = bell or asyncio.Event()
        # The stop rings the bell: to wait for one event is much cheaper than for the first of two.
        self._ringer = asyncio.ensure_future(self._ring_at(stop))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ringer.cancel()

    async def _ring_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._bell.set()

    async def for_up_to(self, pause_s: float) -> None:
        if self._bell.is_set():
            await asyncio.sleep(0)  # others have their turn although the bell rang already
        # The end of the pause rings the bell too: a timer costs a fifth of a wait that is broken off.
        timer = asyncio.get_running_loop().call_later(pause_s, self._bell.set)
        try:
            await self._bell.wait()
        finally:
            timer.cancel()
            self._bell.clear()
