"""The one writer: collects changes, results and events, and writes them together, forward only."""

import asyncio
from collections import deque

from contract.events import AttemptResult, Event
from executor.ports import Batch, Change, DeposedError, StateMissingError, Store

MAX_ROWS = 200
"""Rows per statement; with their texts capped they stay far below Snowflake's 1 MB for a statement."""


class Writer:
    """Puts many small truths into few statements, and notices when they are no longer ours to write."""

    def __init__(self, store: Store) -> None:
        """A writer without a fence: it writes nothing until :meth:`begin`."""
        self._store = store
        self._fence: int | None = None
        self._changes: dict[str, Change] = {}
        self._results: deque[AttemptResult] = deque()
        self._events: deque[Event] = deque()
        self._one_at_a_time = asyncio.Lock()
        self.wake = asyncio.Event()

    def begin(self, fence: int) -> None:
        """Write under this fence from now on; what was meant for an earlier one is dropped."""
        self.end()
        self._fence = fence

    def end(self) -> None:
        """Write nothing more."""
        self._fence = None
        self._changes.clear()
        self._results.clear()
        self._events.clear()

    def put(self, change: Change, *, result: AttemptResult | None = None, events: tuple[Event, ...] = ()) -> None:
        """Take a change for the next write; a newer change of the same job takes the place of an older one."""
        if self._fence is None:
            return
        self._changes[change.job.request_id] = change
        if result is not None:
            self._results.append(result)
        self._events.extend(events)
        self.wake.set()

    @property
    def pending(self) -> int:
        """How many changes wait to be written."""
        return len(self._changes)

    async def drain(self) -> None:
        """Write all that waits.

        Raises:
            DeposedError: another took the fence; nothing of ours was written.
            StateMissingError: a row is gone, or older than what this leader knows of it; nothing may be launched.
            StoreUnavailableError: nothing is known; what waited still waits, and a second write does no harm.
        """
        async with self._one_at_a_time:
            self.wake.clear()
            while self._fence is not None and (self._changes or self._results or self._events):
                await self._write(self._fence, self._next_batch())

    def _next_batch(self) -> Batch:
        return Batch(
            changes=list(self._changes.values())[:MAX_ROWS],
            results=list(self._results)[:MAX_ROWS],
            events=list(self._events)[:MAX_ROWS],
        )

    async def _write(self, fence: int, batch: Batch) -> None:
        moved = await self._store.write(fence, batch)
        missing = await self._missing(fence, batch.changes) if moved < len(batch.changes) else set()
        if self._fence != fence:
            return
        for change in batch.changes:
            key = change.job.request_id
            if key not in missing and self._changes.get(key) is change:
                del self._changes[key]
        for _ in batch.results:
            self._results.popleft()
        for _ in batch.events:
            self._events.popleft()
        if missing:
            raise StateMissingError(
                f"state_missing: {len(missing)} rows did not take what was written, {min(missing)} among them; "
                "run reporting recover"
            )

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
