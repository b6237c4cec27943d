"""A store whose statements can be held up by a lock, as Snowflake's are: under either reading of what they see then."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from contract.policy import NO_CAPS, Caps
from executor.batches import Batch
from executor.testing.memory_store import MemoryStore


class LockingStore(MemoryStore):
    """A claim or write that meets :attr:`held_s` has begun, and changes rows so many seconds later.

    Snowflake does not document whether a MERGE that waited for a lock sees what was committed meanwhile. With
    ``sees_anew`` it does; without, it does what it meant to do when it began, and may make a second row of a request.
    """

    sees_anew = True
    held_s = 0.0

    def __init__(self, now: Callable[[], datetime]) -> None:
        """``now`` is the store's own clock, UTC."""
        super().__init__(now)
        self.doubled: list[str] = []

    async def claim(self, fence: int, claim_id: str, slots: int, caps: Caps = NO_CAPS) -> None:
        """Claim due jobs, late when held up."""
        held_s, self.held_s = self.held_s, 0.0
        if not held_s:
            await super().claim(fence, claim_id, slots, caps)
            return
        # The statement belongs to the server: it goes on when its client is killed.
        await asyncio.shield(asyncio.ensure_future(self._late_claim(fence, claim_id, slots, caps, held_s)))

    async def _late_claim(self, fence: int, claim_id: str, slots: int, caps: Caps, held_s: float) -> None:
        meant = self._to_claim(slots, caps)[0] if self._holds(fence) else []
        await asyncio.sleep(held_s)
        if self.sees_anew:
            await super().claim(fence, claim_id, slots, caps)
            return
        for key in meant:
            if key in self.state:
                self.doubled.append(key)
            else:
                self._take(key, fence, claim_id)

    async def write(self, fence: int, batch: Batch) -> int:
        """Write a batch, late when held up."""
        held_s, self.held_s = self.held_s, 0.0
        if not held_s:
            return await super().write(fence, batch)
        return await asyncio.shield(asyncio.ensure_future(self._late_write(fence, batch, held_s)))

    async def _late_write(self, fence: int, batch: Batch, held_s: float) -> int:
        held = self._holds(fence)
        await asyncio.sleep(held_s)
        if self.sees_anew or not held:
            return await super().write(fence, batch)
        # Rows that were restamped meanwhile are not ours any more even so: the match is made against the row.
        return sum(self._write(fence, change) for change in batch.changes)
