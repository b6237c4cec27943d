"""Which report types were paused before an order, by the rows of the view ``report_pauses``."""

from collections.abc import Iterable, Mapping
from typing import Any

from contract.commands import ALL_TYPES


class Pauses:
    """The last word on each type, and on all of them."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Each row has ``report_type`` (or ``*``), ``paused`` and ``asked_at``."""
        self._rows = {str(row["report_type"]): row for row in rows}

    def holds(self, report_type: str | None) -> bool:
        """Whether a type waits, by its own word or by a later one on all; None is all types by one word."""
        every = self._rows.get(ALL_TYPES)
        if report_type is None:
            return bool(every and every["paused"]) and not any(
                self._later(row) for row in self._own() if not row["paused"]
            )
        own = self._rows.get(report_type)
        word = own if own and (every is None or self._later(own)) else every
        return bool(word and word["paused"])

    def holds_any(self, report_type: str | None) -> bool:
        """Whether a type waits; None asks whether any does."""
        if report_type is not None:
            return self.holds(report_type)
        return any(self.holds(name) for name in self._rows if name != ALL_TYPES) or self.holds_all()

    def holds_all(self) -> bool:
        """Whether the last word on all types is a pause."""
        every = self._rows.get(ALL_TYPES)
        return bool(every and every["paused"])

    def _own(self) -> list[Mapping[str, Any]]:
        return [row for name, row in self._rows.items() if name != ALL_TYPES]

    def _later(self, row: Mapping[str, Any]) -> bool:
        every = self._rows.get(ALL_TYPES)
        return every is None or bool(row["asked_at"] >= every["asked_at"])
