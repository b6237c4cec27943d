"""A queue of hints in memory: what is not acknowledged comes again, and in the end goes to the dead letters."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from executor.ports import HintMessage

_LOOK_S = 0.5


@dataclass(slots=True)
class _Kept:
    body: str
    visible_at_s: float = 0.0
    receipt: str = ""
    received: int = 0


class MemoryHints:
    """The ``Hints`` port without SQS; whoever rings uses :meth:`send`."""

    def __init__(self, now_s: Callable[[], float], visibility_s: float = 120.0, max_receives: int = 20) -> None:
        """``now_s`` is the queue's clock; after ``max_receives`` a message is a dead letter."""
        self._now_s = now_s
        self._visibility_s = visibility_s
        self._max_receives = max_receives
        self._kept: list[_Kept] = []
        self.dead_letters: list[str] = []
        self.receives = 0

    def send(self, body: str) -> None:
        """Somebody sends a message."""
        self._kept.append(_Kept(body))

    def __len__(self) -> int:
        """How many messages were not acknowledged yet."""
        return len(self._kept)

    async def receive(self, wait_s: int) -> list[HintMessage]:
        """Messages that are there, or come within so many seconds; at most ten."""
        self.receives += 1
        until_s = self._now_s() + wait_s
        while True:
            found = self._visible()
            if found or self._now_s() >= until_s:
                return found
            await asyncio.sleep(_LOOK_S)

    def _visible(self) -> list[HintMessage]:
        found = []
        for kept in [kept for kept in self._kept if kept.visible_at_s <= self._now_s()][:10]:
            kept.received += 1
            if kept.received > self._max_receives:
                self._kept.remove(kept)
                self.dead_letters.append(kept.body)
                continue
            kept.visible_at_s = self._now_s() + self._visibility_s
            kept.receipt = f"{id(kept)}.{kept.received}"
            found.append(HintMessage(kept.receipt, kept.body))
        return found

    async def done(self, receipts: Sequence[str]) -> None:
        """Delete messages."""
        self._kept = [kept for kept in self._kept if kept.receipt not in receipts]
