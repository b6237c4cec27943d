"""Orders besides reports in the queue in memory: pauses are noted, old jobs are forgotten."""

from collections.abc import Callable
from datetime import datetime, timedelta

from contract.commands import Command, CommandKind
from contract.events import AttemptResult, Event
from executor.testing.faults import Faults
from executor.testing.memory_pauses import Pause, last_words
from executor.testing.memory_prune import kept_orders, old_requests
from executor.testing.memory_queue import Asked, Ordered, StateRow


class MemoryOrders:
    """That part of the ``Store`` port; the tables are those of the whole store."""

    faults: Faults
    intake: dict[str, Asked]
    orders: list[Ordered]
    pauses: dict[str, Pause]
    state: dict[str, StateRow]
    results: list[AttemptResult]
    events: list[Event]
    _now: Callable[[], datetime]
    _changes: int

    def _holds(self, fence: int) -> bool:
        raise NotImplementedError

    def order(self, kind: CommandKind, target: str | None = None, *, keep_days: int | None = None) -> str:
        """Insert a row that is no RUN, as a procedure would; answers with its request id."""
        ordered = Ordered(f"order-{self._changes + 1:06d}", kind, target, self._now(), keep_days=keep_days)
        self.orders.append(ordered)
        self._changes += 1
        return ordered.request_id

    async def commands(self) -> list[Command]:
        """Orders to prune, and pauses that are not noted yet."""
        self.faults.before("commands")
        words = {word.request_id for word in last_words(self.pauses, self.orders).values()}
        noted = {word.request_id for word in self.pauses.values()}
        return [
            order.command()
            for order in self.orders
            if order.kind is CommandKind.PRUNE or order.request_id in words - noted
        ]

    async def note_pauses(self, fence: int) -> None:
        """Note the last word on each type."""
        self.faults.before("note_pauses")
        if self._holds(fence):
            self.pauses = last_words(self.pauses, self.orders)
        self.faults.after("note_pauses")

    async def prune(self, fence: int, request_id: str, keep_days: int) -> None:
        """Forget jobs that ended long ago, and last the order itself."""
        self.faults.before("prune")
        if self._holds(fence):
            self._forget(old_requests(self.state, self._now() - timedelta(days=keep_days)))
            before = self._now() - timedelta(days=keep_days)
            self.orders = kept_orders(self.orders, request_id, before, self.intake.values(), self.pauses)
            self._changes += 1
        self.faults.after("prune")

    def _forget(self, keys: set[str]) -> None:
        job_ids = {self.state[key].job.job_id for key in keys}
        for key in keys:
            self.intake.pop(key, None)
            del self.state[key]
        self.results = [result for result in self.results if result.request_id not in keys]
        self.events = [event for event in self.events if event.job_id not in job_ids]
