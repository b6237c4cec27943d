"""Runs a round again and again: with a bell, back-off after trouble, and a loud end after too much of it."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from executor.ports import CloudUnavailableError, DeposedError, StateMissingError, StoreUnavailableError

MAX_FAULTS_IN_A_ROW = 10
MAX_PAUSE_S = 30.0

log = structlog.get_logger()


class LoopDiedError(RuntimeError):
    """A loop failed too often in a row; the process must end loudly rather than go on without it."""


async def run_every(
    name: str,
    tick: Callable[[], Awaitable[None]],
    *,
    every_s: float,
    stop: asyncio.Event,
    bell: asyncio.Event | None = None,
    max_pause_s: float = MAX_PAUSE_S,
    on_deposed: Callable[[], None] = lambda: None,
) -> None:
    """Call ``tick`` every so many seconds, or when the bell rings, until told to stop.

    Outages are waited out however long they last, with pauses of at most ``max_pause_s``. Anything else is a fault of
    ours: after ten in a row the loop ends with :class:`LoopDiedError`.
    """
    faults = outages = 0
    while not stop.is_set():
        try:
            await tick()
        except DeposedError as error:
            log.warning("another executor leads now", action="deposed", loop=name, reason=str(error))
            on_deposed()
        except (StoreUnavailableError, CloudUnavailableError, StateMissingError) as error:
            outages += 1
            log.warning("waiting for an outage to end", action="outage", loop=name, reason=str(error), times=outages)
        except Exception as error:
            faults += 1
            log.exception("a round failed", action="loop_fault", loop=name, times=faults)
            if faults >= MAX_FAULTS_IN_A_ROW:
                raise LoopDiedError(f"the {name} loop failed {faults} times in a row: {error}") from error
        else:
            faults = outages = 0
        trouble = faults + outages
        await _rest(every_s if not trouble else min(max_pause_s, every_s * 2.0 ** min(trouble, 10)), stop, bell)


async def _rest(pause_s: float, stop: asyncio.Event, bell: asyncio.Event | None) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in (stop, bell) if event is not None]
    try:
        await asyncio.wait(waits, timeout=pause_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
    if bell is not None:
        bell.clear()
