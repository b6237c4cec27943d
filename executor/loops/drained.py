"""Ends an executor that was started to empty the queue, when it is empty."""

import asyncio

import structlog

from executor.board import Board
from executor.loops.claim import Claim
from executor.ports import Clock

QUIET_S = 10.0
"""So long there must be nothing to do: a CALL that is under way may still commit, and what is known is written."""
SOON_S = 300.0
"""A job that is due within this time is waited for; another is for the next drain."""
OTHERS_LEAD_S = 90.0
"""After so long without the lead the queue is in another executor's hands."""

log = structlog.get_logger()


class Drained:
    """One look whether anything is left to do; sets ``stop`` when not."""

    def __init__(self, claim: Claim, board: Board, clock: Clock, stop: asyncio.Event) -> None:
        """``claim`` knows what waits, ``board`` what is at work."""
        self._claim, self._board, self._clock, self._stop = claim, board, clock, stop
        self._began_s = clock.monotonic_s()
        self._quiet_since_s: float | None = None

    async def tick(self) -> None:
        """Look once."""
        now_s = self._clock.monotonic_s()
        if self._board.fence is None:
            self._quiet_since_s = None
            if now_s - self._began_s >= OTHERS_LEAD_S:
                self._end("another executor leads; the queue is in its hands")
            return
        self._began_s = now_s
        is_busy = bool(self._board.jobs or self._board.retries_at_s or self._board.to_cancel)
        if is_busy or not self._claim.finds_nothing_until(now_s + SOON_S):
            self._quiet_since_s = None
        elif self._quiet_since_s is None:
            self._quiet_since_s = now_s
        elif now_s - self._quiet_since_s >= QUIET_S:
            self._end("the queue is empty")

    def _end(self, why: str) -> None:
        log.info(why, action="drained")
        self._stop.set()
