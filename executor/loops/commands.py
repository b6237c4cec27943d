"""Carries out what callers order besides reports and cancels: pauses are noted, old jobs are forgotten."""

import structlog

from contract.commands import MAX_KEEP_DAYS, MIN_KEEP_DAYS, Command, CommandKind
from executor.board import Board
from executor.ports import Clock, Store

log = structlog.get_logger()


class Commands:
    """Looks for orders when the intake has changed, and only then.

    A pause works from the next claim on, which reads it in the intake; it is noted here so that it outlives its order.
    """

    def __init__(self, store: Store, board: Board, clock: Clock) -> None:
        """Nothing was seen yet."""
        self._store = store
        self._board = board
        self._clock = clock
        self._seen: tuple[int, str] | None = None

    async def tick(self) -> None:
        """Carry out what is new."""
        fence = self._board.fence
        if fence is None or self._board.token is None or not self._board.may_send(self._clock.monotonic_s()):
            return
        # The claim loop asks for the token; what it has seen need not be asked for again.
        seen = (fence, self._board.token)
        if seen == self._seen:
            return
        commands = await self._store.commands()
        if any(command.kind is not CommandKind.PRUNE for command in commands):
            if not self._board.may_send(self._clock.monotonic_s()):
                return
            await self._store.note_pauses(fence)
        for command in commands:
            if command.kind is CommandKind.PRUNE:
                if not self._board.may_send(self._clock.monotonic_s()):
                    return
                await self._prune(fence, command)
            else:
                log.info(
                    "noted",
                    action="type_paused" if command.kind is CommandKind.PAUSE else "type_resumed",
                    report_type=command.report_type,
                    ordered_by=command.ordered_by,
                )
        self._seen = seen

    async def _prune(self, fence: int, command: Command) -> None:
        keep_days = command.keep_days
        if keep_days is None or not MIN_KEEP_DAYS <= keep_days <= MAX_KEEP_DAYS:
            # Nothing that ended is so old: only the order itself goes.
            log.warning("a pruning without days to keep", action="prune_refused", request_id=command.request_id)
            keep_days = MAX_KEEP_DAYS
        await self._store.prune(fence, command.request_id, keep_days)
        log.info("pruned", action="pruned", keep_days=keep_days, ordered_by=command.ordered_by)
