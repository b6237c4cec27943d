"""Writes what waits to be written, when it is worth a warehouse."""

from executor.board import Board
from executor.core.waking import worth_a_write
from executor.ports import Clock
from executor.writer import Writer


class Flush:
    """The one writer's clockwork."""

    def __init__(self, writer: Writer, board: Board, clock: Clock, freshness_s: float | None = None) -> None:
        """``freshness_s`` is after how long LAUNCHED and RUNNING wake a sleeping warehouse; None for never."""
        self._writer = writer
        self._board = board
        self._clock = clock
        self._freshness_s = freshness_s

    async def tick(self) -> None:
        """Write all that waits, unless it can wait longer."""
        now_s = self._clock.monotonic_s()
        urgent, since_s = self._writer.urgent, self._writer.waits_since_s
        if worth_a_write(
            urgent=urgent,
            oldest_waits_s=None if since_s is None else now_s - since_s,
            idle_warehouse_s=now_s - self._board.warehouse_at_s,
            freshness_s=self._freshness_s,
        ):
            if urgent:
                self._board.warehouse_at_s = now_s
            await self._writer.drain()
