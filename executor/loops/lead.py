"""Holds the lease, and takes the fence when it is won: the seven steps of ``core/leadership.py``."""

from dataclasses import dataclass

import structlog

from executor.board import Board
from executor.core.leadership import (
    LOOK_EVERY_S,
    RENEW_EVERY_S,
    LeaseView,
    may_take,
    quiet_in_s,
    stand_back_s,
    trusted_until,
)
from executor.port_errors import StoreUnavailableError
from executor.ports import Clock, Lease, Store
from executor.writer import Writer

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Taken:
    """A fence that is ours, and when, by the monotonic clock, the leader before is surely quiet."""

    fence: int
    quiet_at_s: float


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
        self._won_from: LeaseView | None = None
        self._taken: _Taken | None = None
        self._rivals = 0
        self._deposed = False
        self._stand_back_until_s = 0.0
        self._leader_seen: str | None = None

    async def tick(self) -> float:
        """Take, renew or respect the lease; answers in how many seconds to come again."""
        asked_at_s = self._clock.monotonic_s()
        if asked_at_s < self._stand_back_until_s:
            return _at_most(LOOK_EVERY_S, self._stand_back_until_s - asked_at_s)
        lease = await self._lease.read()
        if self._has_a_rival(lease):
            return LOOK_EVERY_S
        if not may_take(lease, self._holder) or not await self._lease.write(self._holder, over=lease):
            self.step_down("the lease is another's")
            self._say_who_leads(lease)
            return LOOK_EVERY_S
        if lease is None or lease.holder != self._holder:
            self._won_from = lease
        self._board.trusted_until_s = trusted_until(asked_at_s)
        if self._board.fence is not None:
            return RENEW_EVERY_S
        return await self._take_over()

    def step_down(self, reason: str) -> None:
        """Lead no longer; tasks run on, and whoever leads next finds them."""
        if self._board.fence is not None:
            log.warning("stepping down", action="step_down", reason=reason, fence=self._board.fence)
        self._taken = None
        self._board.end()
        self._writer.end()

    async def let_go(self) -> None:
        """Write what is known, and free the lease, so that the next leader need not wait for it to expire.

        It stays to expire when a statement of ours, or of the leader before, may still run: whoever finds it free does
        not wait for one. Trouble is told and not raised: the next leader finds out from ECS and S3.
        """
        try:
            if self._board.fence is not None and not self._board.may_send(self._clock.monotonic_s()):
                await self.tick()
            await self._writer.drain()
        except Exception as error:  # noqa: BLE001 - told; see above
            log.warning("the last writes did not arrive", action="last_flush_failed", reason=str(error))
        try:
            if self._taken is None and await self._store.quiet():
                await self._lease.release(self._holder)
            else:
                log.info("the lease is left to expire: a statement may still run", action="release_skipped")
        except Exception as error:  # noqa: BLE001 - told; it expires by itself
            log.warning("the lease was not let go", action="release_failed", reason=str(error))

    def deposed(self) -> None:
        """The fence is another's: step down at once, and look whether the lease is, too."""
        self.step_down("the fence is another's")
        self._deposed = True

    def _has_a_rival(self, lease: LeaseView | None) -> bool:
        # Whoever took the fence without our lease has a lease of his own: two buckets on one queue. Nothing can be
        # done twice, but taking the fence from each other for ever would leave nobody time to work.
        deposed, self._deposed = self._deposed, False
        if not deposed or lease is None or lease.holder != self._holder:
            return False
        self._rivals += 1
        pause_s = stand_back_s(self._rivals, self._clock.dice())
        self._stand_back_until_s = self._clock.monotonic_s() + pause_s
        log.error(
            "another executor writes this queue under a lease of its own; compare REPORTING_BUCKET and "
            "REPORTING_INSTALLATION of both",
            action="rival_leader",
            stand_back_s=round(pause_s, 1),
        )
        return True

    def _say_who_leads(self, lease: LeaseView | None) -> None:
        leader = lease.holder if lease else "unknown"
        if leader != self._leader_seen:
            log.info("standing by", action="stand_by", leader=leader)
        self._leader_seen = leader

    async def _take_over(self) -> float:
        self._leader_seen = None
        if self._taken is None:
            self._taken = await self._take_fence()
            if self._taken is None:
                return LOOK_EVERY_S
        waits_s = self._taken.quiet_at_s - self._clock.monotonic_s()
        if waits_s > 0:
            return _at_most(RENEW_EVERY_S, waits_s)
        await self._begin(self._taken.fence)
        return RENEW_EVERY_S

    async def _take_fence(self) -> _Taken | None:
        before = await self._store.leader()
        fence = await self._store.take_fence(before.fence, self._holder)
        if fence is None:
            return None
        pause_s = quiet_in_s(before, self._won_from)
        if pause_s and before.session_id is not None:
            await self._silence(before.session_id)
        log.info("fence taken", action="fence_taken", fence=fence, before=before.holder, quiet_in_s=pause_s)
        return _Taken(fence, self._clock.monotonic_s() + pause_s)

    async def _silence(self, session_id: str) -> None:
        # Only haste: what cannot be cancelled is over after the statement time-out.
        try:
            await self._store.cancel_statements(session_id)
        except StoreUnavailableError as error:
            log.warning("the old leader's statements were not cancelled", action="cancel_failed", reason=str(error))

    async def _begin(self, fence: int) -> None:
        await self._store.restamp(fence)
        folded = await self._store.fold(fence)
        if folded:
            log.error("double rows were folded; a late statement made them", action="double_rows", rows=folded)
        jobs = await self._store.open_jobs()
        self._taken = None
        self._writer.begin(fence)
        self._board.begin(fence, jobs)
        log.info("leading", action="lead", fence=fence, holder=self._holder, open_jobs=len(self._board.jobs))


def _at_most(most_s: float, left_s: float) -> float:
    # Never less than a moment, or what a rounding left over would make the loop spin.
    return min(most_s, max(0.05, left_s))
