"""The queue in memory, with every change booked, and with both readings of what a statement sees that had to wait."""

import copy
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Any

from executor.batches import Batch
from executor.testing.memory_queue import StateRow
from executor.testing.memory_store import MemoryStore
from tests.simulation.seeded.ledger import Ledger, WatchedRows


class BookedStore(MemoryStore):
    """The shipped fake; the ledger is told who changes what."""

    def __init__(self, now: Callable[[], datetime], ledger: Ledger) -> None:
        super().__init__(now)
        self._ledger = ledger
        self.state = WatchedRows(ledger)

    async def claim(self, fence: int, *values: Any, **named: Any) -> None:
        """Claim due jobs."""
        with self._ledger.by(fence):
            await super().claim(fence, *values, **named)

    async def write(self, fence: int, batch: Batch) -> int:
        """Write a batch."""
        with self._ledger.by(fence):
            return await super().write(fence, batch)

    async def restamp(self, fence: int) -> None:
        """Give open rows of earlier leaders to this fence; these are the only rows that change hands."""
        current = self.leader_row is not None and self.leader_row.fence == fence
        with self._ledger.by(fence):
            await super().restamp(fence)
        if current:
            self._ledger.reign_begins(fence)

    def as_it_stands(self, method: str, values: tuple[Any, ...]) -> Callable[[], Awaitable[Any]]:
        """A claim or write as it would be carried out now; later it changes only rows that nobody touched meanwhile."""
        meant = copy.copy(self)
        for name, kept in vars(self).items():
            if isinstance(kept, dict | list):
                setattr(meant, name, kept.copy() if type(kept) in {dict, list} else dict(kept))
        results, events = len(self.results), len(self.events)
        answer = _at_once(getattr(MemoryStore, method)(meant, *values))
        rows = {key: (self.state.get(key), row) for key, row in meant.state.items()}
        changed = {key: pair for key, pair in rows.items() if pair[0] is not pair[1]}

        async def land() -> Any:
            self.results += meant.results[results:]
            self.events += meant.events[events:]
            with self._ledger.by(values[0]):
                moved = sum(self._land(key, before, after) for key, (before, after) in changed.items())
            return answer if answer is None else moved

        return land

    def _land(self, key: str, before: StateRow | None, after: StateRow) -> bool:
        if self.state.get(key) is before:
            self.state[key] = after
            return True
        if before is None:
            # Both statements insert a row: keys are not enforced.
            self._ledger.breaks("one_row_per_request", key)
        return False


def _at_once(call: Coroutine[Any, Any, Any]) -> Any:
    # The fake's statements never wait.
    try:
        call.send(None)
    except StopIteration as done:
        return done.value
    raise RuntimeError("a statement of the fake store waited for something")
