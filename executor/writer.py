"""The one writer: collects changes, results and events, and writes them together, forward only."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

import structlog

from contract.events import AttemptResult, Event
from executor.batches import Batch, Change
from executor.core.breaker import Breaker
from executor.port_errors import DeposedError, RowRefusedError, TrustSpentError
from executor.ports import Store

MAX_ROWS = 200
"""Rows of a kind in one batch; the store cuts longer ones by their bytes."""

log = structlog.get_logger()


class Writer:
    """Puts many small truths into few statements, and notices when they are no longer ours to write."""

    def __init__(
        self,
        store: Store,
        may_send: Callable[[], bool] = lambda: True,
        on_astray: Callable[[set[str]], None] = lambda _request_ids: None,
    ) -> None:
        """A writer without a fence: it writes nothing until :meth:`begin`.

        Args:
            store: where to write.
            may_send: whether the lease is trusted for as long as a statement may take.
            on_astray: told of jobs whose rows did not take what was written, because they are gone or older than
                what this leader knows: nothing that rests on the write may be done.
        """
        self._store = store
        self._may_send = may_send
        self._on_astray = on_astray
        self.fence: int | None = None
        self._changes: dict[str, Change] = {}
        self._can_wait: dict[str, float] = {}
        self._results: list[AttemptResult] = []
        self._events: list[Event] = []
        self._noted_at_s: float | None = None
        self._breaker: Breaker | None = None
        self._one_at_a_time = asyncio.Lock()
        self._again = 0

    def begin(self, fence: int) -> None:
        """Write under this fence from now on; what was meant for an earlier one is dropped."""
        self.end()
        self.fence = fence

    def end(self) -> None:
        """Write nothing more."""
        self.fence = None
        self._changes.clear()
        self._can_wait.clear()
        self._results.clear()
        self._events.clear()
        self._noted_at_s = None
        self._breaker = None

    def keep_breaker(self, breaker: Breaker) -> None:
        """Take the circuit breaker for the next write."""
        self._breaker = breaker if self.fence is not None else None

    def put(
        self,
        change: Change,
        *,
        result: AttemptResult | None = None,
        events: tuple[Event, ...] = (),
        waits_since_s: float | None = None,
    ) -> None:
        """Take a change for the next write; a newer change of the same job takes the place of an older one.

        Args:
            change: the row as it is to be.
            result: the attempt that ended with it.
            events: what happened.
            waits_since_s: this moment by the monotonic clock, where the change can wait for one that cannot.
        """
        if self.fence is None:
            return
        key = change.job.request_id
        if waits_since_s is None:
            self._can_wait.pop(key, None)
        elif key not in self._changes or key in self._can_wait:
            self._can_wait.setdefault(key, waits_since_s)
        self._changes[key] = change
        if result is not None:
            self._results.append(result)
        self._events.extend(events)

    def note(self, event: Event, *, waits_since_s: float) -> None:
        """Take an event that changes no row; it can wait for the next write, since this monotonic moment."""
        if self.fence is not None:
            self._events.append(event)
            self._noted_at_s = waits_since_s if self._noted_at_s is None else self._noted_at_s

    def tell(self, events: Iterable[Event]) -> None:
        """Take what happened for the next write that a change asks for."""
        if self.fence is not None:
            self._events.extend(events)

    def holds(self, request_id: str) -> bool:
        """Whether a change of this job waits to be written."""
        return request_id in self._changes

    @property
    def urgent(self) -> bool:
        """Whether something waits to be written that cannot wait."""
        return len(self._changes) > len(self._can_wait) or bool(self._results)

    @property
    def waits_since_s(self) -> float | None:
        """Since when the oldest of what can wait has waited; None when nothing does."""
        noted = [] if self._noted_at_s is None else [self._noted_at_s]
        return min([*self._can_wait.values(), *noted], default=None)

    @property
    def pending(self) -> int:
        """How many changes wait to be written."""
        return len(self._changes)

    async def drain(self) -> None:
        """Write all that waits at this moment; what comes meanwhile waits for the next time.

        Raises:
            DeposedError: another took the fence; nothing of ours was written.
            StateMissingError: the leader row is gone; nothing may be done.
            StoreUnavailableError: nothing is known; what waited still waits, and a second write does no harm.
            TrustSpentError: nothing was sent, and all still waits.
        """
        async with self._one_at_a_time:
            left = self._rows_waiting()
            while self.fence is not None and left > 0:
                again = self._again
                await self._write(self.fence, self._next_batch())
                left = self._rows_waiting() if self._again > again else left - MAX_ROWS
            if self.fence is not None and (breaker := self._breaker) is not None:
                await self._store.write_breaker(self.fence, breaker)
                self._breaker = None if self._breaker is breaker else self._breaker

    async def write_first(self, change: Change) -> None:
        """Write a change before all else that waits; if another took its place, all that waits is written.

        It must need no result beside it: an ended row never stands without its reason.

        Raises:
            DeposedError: and the others as :meth:`drain`.
        """
        key = change.job.request_id
        async with self._one_at_a_time:
            if self.fence is not None and self._changes.get(key) is change:
                await self._write(self.fence, Batch(changes=[change]))
        if self._changes.get(key, change) is not change:
            # It may be the same without what was measured, because the row was refused, now or in an earlier round.
            await self.drain()

    def _rows_waiting(self) -> int:
        return max(len(self._changes), len(self._results), len(self._events))

    def _next_batch(self) -> Batch:
        return Batch(
            changes=list(self._changes.values())[:MAX_ROWS],
            results=self._results[:MAX_ROWS],
            events=self._events[:MAX_ROWS],
        )

    async def _write(self, fence: int, batch: Batch) -> None:
        if not self._may_send():
            raise TrustSpentError("not written: the lease is trusted for less than a statement may take")
        try:
            moved = await self._store.write(fence, batch)
        except RowRefusedError as error:
            await self._isolate(fence, batch, error)
            return
        missing = await self._missing(fence, batch.changes) if moved < len(batch.changes) else set()
        if self.fence != fence:
            return
        self._forget(batch)
        if missing:
            for key in missing:
                self._changes.pop(key, None)
                self._can_wait.pop(key, None)
                says = "the job's row is gone or older than what is known of it; it is begun again from the row"
                log.error(says, action="row_astray", request_id=key)
            self._on_astray(missing)

    def _forget(self, batch: Batch) -> None:
        for change in batch.changes:
            key = change.job.request_id
            if self._changes.get(key) is change:
                del self._changes[key]
                self._can_wait.pop(key, None)
        self._results = _without(self._results, batch.results)
        self._events = _without(self._events, batch.events)
        self._noted_at_s = self._noted_at_s if self._events else None

    async def _isolate(self, fence: int, batch: Batch, error: RowRefusedError) -> None:
        # One row that the store cannot take must not keep the others from being written: halve until it stands alone.
        if len(batch) > 1:
            for half in batch.halves():
                await self._write(fence, half)
            return
        log.error("a row was refused", action="row_refused", row=repr(batch)[:500], reason=str(error))
        self._forget(batch)
        self._again += 1
        for change in batch.changes:
            if (bare := _bare_change(change)) != change:
                self._changes[change.job.request_id] = bare
        for result in batch.results:
            if (short := _bare_result(result, error)) != result:
                self._results.insert(0, short)

    async def _missing(self, fence: int, changes: list[Change]) -> set[str]:
        # Fewer rows than sent is normal for a repeated write, but it is a question: are we still the leader, and has
        # every row what was sent? A launch whose intent was not written must not be sent.
        if await self._store.fence() != fence:
            raise DeposedError(f"fence {fence} is no longer the current one")
        stored = await self._store.progress([change.job.request_id for change in changes])
        return {
            change.job.request_id
            for change in changes
            if stored.get(change.job.request_id, (0, 0, 0)) < change.job.progress
        }


Row = TypeVar("Row", AttemptResult, Event)


def _without(rows: list[Row], written: Sequence[Row]) -> list[Row]:
    gone = {id(row) for row in written}
    return [row for row in rows if id(row) not in gone]


def _bare_change(change: Change) -> Change:
    bare = replace(change.job, cost_usd=None, peak_memory_mb=None, rows_out=None, bytes_out=None, cause_id=None)
    return Change(bare, change.due_in_s)  # the state of a job is worth more than what was measured of it


def _bare_result(result: AttemptResult, error: RowRefusedError) -> AttemptResult:
    says = f"what this attempt left could not be stored: {error}"
    return result.model_copy(update={"manifest": None, "log_tail": None, "stop_reason": None, "error": says[:500]})
