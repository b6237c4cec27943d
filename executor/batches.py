"""What one flush writes together."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from contract.events import AttemptResult, Event
from contract.job import JobRow


@dataclass(frozen=True, slots=True)
class Change:
    """A row to write; ``due_in_s`` counts from the moment of the write, by the store's clock."""

    job: JobRow
    due_in_s: float | None = None


@dataclass(slots=True)
class Batch:
    """What one flush writes together."""

    changes: list[Change] = field(default_factory=list)
    results: list[AttemptResult] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def __len__(self) -> int:
        """How many rows."""
        return len(self.changes) + len(self.results) + len(self.events)

    def halves(self) -> tuple["Batch", "Batch"]:
        """Two batches that are this one together; results and events stay before the changes they explain."""
        rows: list[Change | AttemptResult | Event] = [*self.results, *self.events, *self.changes]
        return _batch(rows[: len(rows) // 2]), _batch(rows[len(rows) // 2 :])


def _batch(rows: Sequence[Change | AttemptResult | Event]) -> Batch:
    return Batch(
        changes=[row for row in rows if isinstance(row, Change)],
        results=[row for row in rows if isinstance(row, AttemptResult)],
        events=[row for row in rows if isinstance(row, Event)],
    )
