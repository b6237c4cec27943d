"""The executor as a whole: its loops, in the order in which a job meets them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import structlog

from executor.board import Board
from executor.core.leadership import RENEW_EVERY_S
from executor.loops.cancel import Cancel
from executor.loops.claim import Claim
from executor.loops.commands import Commands
from executor.loops.drained import Drained
from executor.loops.flush import Flush
from executor.loops.hints import Listen
from executor.loops.launch import Launch
from executor.loops.lead import Lead
from executor.loops.looper import MAX_PAUSE_S, run_every
from executor.loops.reconcile import Reconcile
from executor.loops.settle import Settle
from executor.loops.vitals import Vitals
from executor.loops.watch import Watch
from executor.ports import Clock
from executor.pulse import Pulse

LAUNCH_EVERY_S = 2.0
SETTLE_EVERY_S = 2.0
CANCEL_EVERY_S = 5.0
COMMANDS_EVERY_S = 10.0
RECONCILE_LOOK_S = 10.0
LISTEN_EVERY_S = 0.1
VITALS_EVERY_S = 10.0
DRAINED_EVERY_S = 2.0
STAND_BY_S = 30.0
"""So long a loop rests that only a leader needs; the beginning of a reign rings its bell."""
LET_GO_S = 60.0
"""So long the last writes may take; a container is given two minutes to stop."""

Round = Callable[[], Awaitable[float | None]]
Turn = tuple[str, Round, float, asyncio.Event | None]
"""A loop's name, its round, how often in seconds, and the bell that wakes it."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often the loops look when no bell rings, in seconds."""

    poll_s: float
    watch_s: float
    flush_s: float


@dataclass(frozen=True, slots=True)
class Loops:
    """The loops, in the order in which a job meets them."""

    lead: Lead
    claim: Claim
    launch: Launch
    watch: Watch
    settle: Settle
    cancel: Cancel
    commands: Commands
    reconcile: Reconcile
    flush: Flush
    vitals: Vitals
    listen: Listen | None = None


class Service:
    """Runs until told to stop; tasks outlive it."""

    def __init__(self, loops: Loops, board: Board, rhythm: Rhythm, pulse: Pulse) -> None:
        """The loops, already given their ports; the board that they share, and where they give signs of life."""
        self._loops, self._board, self._rhythm, self._pulse = loops, board, rhythm, pulse

    async def run(self, stop: asyncio.Event, until_empty: Clock | None = None) -> None:
        """Work until ``stop`` is set; then write back what is known and let go of the lease.

        Args:
            stop: ends it when it is set.
            until_empty: the clock by which it ends as well when the queue is empty; None lets it wait for jobs.

        Raises:
            LoopDiedError: a loop failed too often, or gave no sign of life; the process must end loudly.
        """
        loops = self._loops
        rounds = self._rounds()
        if until_empty is not None:
            drained = Drained(loops.claim, self._board, until_empty, stop)
            rounds.append(("drained", drained.tick, DRAINED_EVERY_S, None))
        try:
            async with asyncio.TaskGroup() as group:
                for name, tick, every_s, bell in rounds:
                    # A lease lives for a few renewals only: one that failed is tried again soon.
                    pause_s = RENEW_EVERY_S / 4 if name == "lead" else MAX_PAUSE_S
                    group.create_task(
                        run_every(
                            name,
                            tick,
                            every_s=every_s,
                            stop=stop,
                            bell=bell,
                            max_pause_s=pause_s,
                            on_deposed=loops.lead.deposed,
                            on_rest=partial(self._pulse.rests, name),
                        ),
                        name=name,
                        context=self._pulse.context(name),
                    )
        finally:
            await self._let_go()

    def _rounds(self) -> list[Turn]:
        loops, board, rhythm = self._loops, self._board, self._rhythm
        rounds: list[Turn] = [
            ("lead", loops.lead.tick, RENEW_EVERY_S, None),
            ("claim", loops.claim.tick, rhythm.poll_s, board.claim_bell),
            ("launch", loops.launch.tick, LAUNCH_EVERY_S, board.launch_bell),
            ("watch", loops.watch.tick, rhythm.watch_s, board.watch_bell),
            ("settle", loops.settle.tick, SETTLE_EVERY_S, board.settle_bell),
            ("cancel", loops.cancel.tick, CANCEL_EVERY_S, board.cancel_bell),
            ("commands", loops.commands.tick, COMMANDS_EVERY_S, None),
            ("reconcile", loops.reconcile.tick, RECONCILE_LOOK_S, board.reconcile_bell),
            ("flush", loops.flush.tick, rhythm.flush_s, None),
            ("vitals", loops.vitals.tick, VITALS_EVERY_S, None),
        ]
        rounds = [
            (name, tick if bell is None else self._led(tick), every_s, bell) for name, tick, every_s, bell in rounds
        ]
        if loops.listen is not None:
            rounds.append(("listen", loops.listen.tick, LISTEN_EVERY_S, None))
        return rounds

    def _led(self, tick: Round) -> Round:
        async def led() -> float | None:
            return STAND_BY_S if self._board.fence is None else await tick()

        return led

    async def _let_go(self) -> None:
        if self._loops.listen is not None:
            self._loops.listen.stop()
        try:
            async with asyncio.timeout(LET_GO_S):
                await self._loops.lead.let_go()
        except TimeoutError:
            log.warning("the last writes take too long", action="let_go_late", after_s=LET_GO_S)
        log.info("stopped; tasks run on", action="stopped", open_jobs=len(self._board.jobs))
