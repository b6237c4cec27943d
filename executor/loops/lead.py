"""Holds the lease, and takes the fence when it is won."""

import structlog

from executor.board import Board
from executor.core.leadership import may_take, trusted_until
from executor.ports import Clock, Lease, Store
from executor.writer import Writer

log = structlog.get_logger()


class Lead:
    """Leads when it may; steps down when it no longer does."""

    def __init__(self, lease: Lease, store: Store, board: Board, writer: Writer, clock: Clock, holder: str) -> None:
        """``holder`` names this process among all executors."""
        self._lease = lease
        self._store = store
        self._board = board
        self._writer = writer
        self._clock = clock
        self._holder = holder
        self._stands_by = False

    async def tick(self) -> None:
        """Take, renew or respect the lease."""
        asked_at_s = self._clock.monotonic_s()
        lease = await self._lease.read()
        if not may_take(lease, self._holder) or not await self._lease.write(self._holder, over=lease):
            self.step_down("the lease is another's")
            if not self._stands_by:
                self._stands_by = True
                log.info("standing by", action="stand_by", leader=lease.holder if lease else None)
            return
        self._stands_by = False
        self._board.trusted_until_s = trusted_until(asked_at_s)
        if self._board.fence is None:
            await self._take_over()

    def step_down(self, reason: str) -> None:
        """Lead no longer; tasks run on, and whoever leads next finds them."""
        if self._board.fence is not None:
            log.warning("stepping down", action="step_down", reason=reason, fence=self._board.fence)
        self._board.end()
        self._writer.end()

    async def _take_over(self) -> None:
        fence = await self._store.take_fence(await self._store.fence(), self._holder)
        if fence is None:
            return
        await self._store.restamp(fence)
        jobs = await self._store.open_jobs()
        self._writer.begin(fence)
        self._board.begin(fence, jobs)
        log.info("leading", action="lead", fence=fence, holder=self._holder, open_jobs=len(self._board.jobs))
