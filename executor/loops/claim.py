"""Claims due jobs: asks a free question first, and the warehouse only when there is something to do."""

from collections import Counter
from uuid import uuid4

import structlog

from contract.job import JobRow
from contract.policy import Limits
from contract.states import JobState
from executor.board import Board
from executor.breakers import Breakers
from executor.budgets import Budget
from executor.core import waking
from executor.core.capacity import SWEEP_S, next_look_s, room_to_claim
from executor.port_errors import DeposedError, NothingDoneError, StoreUnavailableError
from executor.ports import Clock, Store

ASK_AGAIN_S = 15.0
"""When a job that was due and was not there is asked for again: its waiting may not have been written yet."""
ASK_AT_MOST = 4
LEAST_PAUSE_S = 0.2
ASK_DUE_AFTER_S = 0.5
"""What was claimed goes first: its intents are written over the same connection as when to look again is asked."""
LAUNCHED_WITHIN_S = 10.0
"""As many jobs are claimed as can be launched within this time, by the launch budget."""
LANDS_WITHIN_S = 15.0
"""So long a claim whose answer was lost may still be carried out: the statement time-out, and some."""

log = structlog.get_logger()


class Claim:
    """One claim at a time, under an id chosen beforehand, so that a lost answer is only a question to repeat."""

    def __init__(
        self,
        store: Store,
        board: Board,
        clock: Clock,
        limits: Limits,
        budget: Budget,
        breakers: Breakers,
        poll_s: float = 2.0,
    ) -> None:
        """``limits`` say how many jobs may be open at once, ``budget`` and ``breakers`` how many may be launched.

        ``poll_s`` is the pause between looks after recent work.
        """
        self._store = store
        self._board = board
        self._clock = clock
        self._limits = limits
        self._budget = budget
        self._breakers = breakers
        self._claim_id: str | None = None
        self._fence: int | None = None
        self._seen_token: str | None = None
        self._more_waits = False
        self._look_at_s = 0.0
        self._ask_due_at_s: float | None = None
        self._left = 0
        self._blocked = False
        self._may_land_until_s = 0.0
        self._missed: Counter[str] = Counter()
        self._poll_s = poll_s
        self._seen: tuple[str, int] | None = None
        self._busy_at_s = 0.0

    async def tick(self) -> float | None:
        """Look for new requests; claim what there is room for; answers in how many seconds to look again."""
        if not self._board.may_send(self._clock.monotonic_s()) or self._board.fence is None:
            return None
        if self._board.fence != self._fence:
            # A new reign: what was seen or half done under the last one says nothing now.
            self._fence, self._claim_id, self._seen_token = self._board.fence, None, None
            await self._breakers.begin()
        asked_at_s = self._clock.monotonic_s()
        token = self._board.token = await self._store.intake_token()
        room = self._room()
        if self._worth_a_claim(token, room):
            if await self._claim(self._fence, room):
                self._seen_token = token
        elif self._ask_due_at_s is not None and self._clock.monotonic_s() >= self._ask_due_at_s:
            await self._learn_when_to_look()
        self._board.looked_at_s = asked_at_s
        return self._rest_s(token)

    def finds_nothing_until(self, until_s: float) -> bool:
        """Whether the last look found nothing to claim until this moment of the monotonic clock.

        What is due and may not start, because its type is paused, counts as nothing.
        """
        seen = self._fence is not None and self._fence == self._board.fence and self._seen_token is not None
        at_rest = self._claim_id is None and self._ask_due_at_s is None and not self._more_waits
        return (
            seen and at_rest and self._seen_token == self._board.token and (self._blocked or self._look_at_s > until_s)
        )

    def _room(self) -> int:
        return room_to_claim(self._limits, self._board.places, self._launchable())

    def _rest_s(self, token: str) -> float:
        now_s, seen = self._clock.monotonic_s(), (token, len(self._board.jobs))
        if seen != self._seen or token != self._seen_token or self._more_waits:
            self._seen, self._busy_at_s = seen, now_s
        if self._claim_id is not None:
            return self._poll_s
        pauses_s = [waking.pause_s(now_s - self._busy_at_s, self._poll_s)]
        if self._room() > 0:
            pauses_s += [at_s - now_s for at_s in (self._look_at_s, *self._board.retries_at_s.values())]
        if self._ask_due_at_s is not None:
            pauses_s.append(self._ask_due_at_s - now_s)
        bell_s = waking.bell_in_s(self._board.rung_at_s, now_s)
        return max(LEAST_PAUSE_S, min([*pauses_s, *([] if bell_s is None else [bell_s])]))

    def _launchable(self) -> int:
        # What cannot be launched soon is better left in the queue, where others may still go before it. And a claim is
        # a statement: it is not worth one job while many others wait for their launch.
        soon, claimed = self._budget.ahead(LAUNCHED_WITHIN_S), len(self._board.to_launch())
        return min(soon - claimed, self._breakers.room()) if soon > 2 * claimed else 0

    def _worth_a_claim(self, token: str, room: int) -> bool:
        # To end what is cancelled takes no room.
        overtaken = self._board.overtaken & self._board.retries_at_s.keys()
        changed = token != self._seen_token or self._claim_id is not None or bool(overtaken)
        freed = self._blocked and self._board.left != self._left
        looks_at_s = min([self._look_at_s, *self._board.retries_at_s.values()])
        due = self._more_waits or freed or self._clock.monotonic_s() >= looks_at_s
        return changed or (due and room > 0)

    async def _send(self, fence: int, claim_id: str, room: int) -> None:
        self._board.warehouse_at_s = self._clock.monotonic_s()
        try:
            await self._store.claim(fence, claim_id, room, self._limits.caps)
        except NothingDoneError:
            self._claim_id = None  # there is nothing to wait for: the next round makes a claim of its own
            raise
        except StoreUnavailableError:
            self._may_land_until_s = self._clock.monotonic_s() + LANDS_WITHIN_S
            raise

    async def _claim(self, fence: int, room: int) -> bool:
        # After a lost answer only the question is repeated, until the claim can no longer land. What was asked for
        # since then, or everything if the claim never arrived, is for the next one: such a round saw no token.
        repeated, asked_at_s = self._claim_id is not None, self._clock.monotonic_s()
        if self._claim_id is None:
            if not self._board.may_send(asked_at_s):
                return False
            self._claim_id = uuid4().hex
            await self._send(fence, self._claim_id, room)
        jobs = await self._store.claimed(self._claim_id)
        if repeated and not jobs and asked_at_s < self._may_land_until_s:
            return False
        self._claim_id = None
        if self._board.fence != fence:
            return False
        if not jobs and await self._store.fence() != fence:
            raise DeposedError(f"fence {fence} is no longer the current one")
        taken = self._take(jobs)
        self._more_waits = taken >= room
        if taken and self._more_waits:
            self._board.claim_bell.set()  # no pause while there is more than one claim takes
        self._ask_again(asked_at_s)
        if taken:
            now_s = self._clock.monotonic_s()
            self._ask_due_at_s, self._look_at_s = now_s + ASK_DUE_AFTER_S, now_s + SWEEP_S
        else:
            await self._learn_when_to_look()
        # A cancel that met a retry on its way to the row takes another claim, also where there is no room for one.
        overtaken = any(job.status is JobState.RETRY_WAIT for job in jobs)
        return not repeated and not overtaken

    async def _learn_when_to_look(self) -> None:
        due_s = await self._store.next_due_s()
        pause_s = next_look_s(due_s, some_ended=self._board.left != self._left)
        self._blocked, self._left = due_s is not None and due_s <= 0, self._board.left
        self._look_at_s = self._clock.monotonic_s() + pause_s
        self._ask_due_at_s = None

    def _ask_again(self, asked_at_s: float) -> None:
        retries = self._board.retries_at_s
        self._missed = Counter({key: self._missed[key] for key in retries})
        for request_id in [key for key, at_s in retries.items() if at_s <= asked_at_s]:
            self._missed[request_id] += 1
            if self._missed[request_id] < ASK_AT_MOST:
                retries[request_id] = asked_at_s + ASK_AGAIN_S
            else:
                # It is paused, or kept waiting by a cap: then its row is written, and the store says when to look.
                del retries[request_id]

    def _take(self, jobs: list[JobRow]) -> int:
        taken = [job for job in jobs if job.status is JobState.CLAIMED]
        for job in taken:
            self._board.put(job)
            self._board.launch_bell.set()
            log.info("claimed", action="claimed", **job.marks, report_type=job.report_type)
        for job in jobs:
            if job.status is JobState.CANCELLING:
                self._board.ask_to_cancel(job)
            elif job.status is JobState.CANCELLED:
                self._board.put(job)
                log.info("cancelled", action="cancelled", **job.marks)
        return len(taken)
