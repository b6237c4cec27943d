"""The warehouse meter: who needed a warehouse, and what Snowflake would have billed for it.

A warehouse wakes with the first statement that needs it and sleeps AUTO_SUSPEND seconds after the last one; each time
it is awake it costs its seconds, at least 60 (docs user-guide/cost-understanding-compute). Snowflake looks about every
30 s whether to suspend, so its own bill can be a little higher.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, Final

_LEAST_BILLED_S: Final = 60.0
_SUSPENDS_AFTER_S: Final = 600.0  # Snowflake's default
_KEPT_STATEMENTS: Final = 2_000
_KEPT_CHARACTERS: Final = 200
# Credits an hour of standard warehouses (docs user-guide/warehouses-overview).
_CREDITS_PER_HOUR: Final = {
    "XSMALL": 1,
    "SMALL": 2,
    "MEDIUM": 4,
    "LARGE": 8,
    "XLARGE": 16,
    "XXLARGE": 32,
    "XXXLARGE": 64,
}
_SIZES: Final = {"2XLARGE": "XXLARGE", "X2LARGE": "XXLARGE", "3XLARGE": "XXXLARGE", "X3LARGE": "XXXLARGE"}


@dataclass(frozen=True)
class Metered:
    """One statement as the meter saw it; `warehouse` is empty where it needed none or the session had none."""

    text: str
    statement_class: str
    role: str
    query_tag: str
    warehouse: str
    needed_warehouse: bool
    started_at_s: float
    took_s: float


@dataclass
class _Warehouse:
    awake_since_s: float | None = None
    idle_since_s: float = 0.0
    busy: int = 0
    wakes: int = 0
    billed_s: float = 0.0
    statements: int = 0


class Meter:
    """Counts for every warehouse; `now_s` is the clock, `options` answers a warehouse's own settings."""

    def __init__(self, now_s: Callable[[], float], options: Callable[[str], dict[str, str]]) -> None:
        """Start with nothing counted."""
        self._now_s = now_s
        self._options = options
        self._guard = threading.Lock()
        self._warehouses: dict[str, _Warehouse] = {}
        self._statements: deque[Metered] = deque(maxlen=_KEPT_STATEMENTS)
        self._free = 0

    @contextmanager
    def statement(
        self, text: str, statement_class: str, place: tuple[str, str, str], *, needed: bool
    ) -> Iterator[None]:
        """Count a statement while it runs; `place` is (role, query tag, warehouse)."""
        role, tag, warehouse = place
        name = warehouse if needed else ""
        started_s = self._now_s()
        if name:
            self._begin(name, started_s)
        try:
            yield
        finally:
            ended_s = self._now_s()
            shown = text[:_KEPT_CHARACTERS]
            seen = Metered(shown, statement_class, role, tag, name, needed, started_s, ended_s - started_s)
            with self._guard:
                self._statements.append(seen)
                self._free += not needed
            if name:
                self._end(name, ended_s)

    def _begin(self, name: str, at_s: float) -> None:
        with self._guard:
            kept = self._warehouses.setdefault(name, _Warehouse())
            self._settle(name, kept, at_s)
            if kept.awake_since_s is None:
                kept.awake_since_s = at_s
                kept.wakes += 1
            kept.busy += 1
            kept.statements += 1

    def _end(self, name: str, at_s: float) -> None:
        with self._guard:
            kept = self._warehouses.setdefault(name, _Warehouse())
            kept.busy = max(kept.busy - 1, 0)
            kept.idle_since_s = at_s

    def wake(self, name: str) -> None:
        """CREATE or ALTER … RESUME: it runs, and is billed, without a statement."""
        at_s = self._now_s()
        self._begin(name, at_s)
        self._end(name, at_s)
        with self._guard:
            self._warehouses[name].statements -= 1

    def sleep(self, name: str) -> None:
        """ALTER … SUSPEND or DROP: what it was awake is billed."""
        with self._guard:
            kept = self._warehouses.get(name)
            if kept and kept.awake_since_s is not None:
                self._close(kept, self._now_s())

    def is_awake(self, name: str) -> bool:
        """Whether a warehouse runs at this moment."""
        with self._guard:
            kept = self._warehouses.get(name)
            if kept is None:
                return False
            self._settle(name, kept, self._now_s())
            return kept.awake_since_s is not None

    def _settle(self, name: str, kept: _Warehouse, at_s: float) -> None:
        limit_s = self._auto_suspend_s(name)
        if kept.awake_since_s is not None and not kept.busy and limit_s and at_s >= kept.idle_since_s + limit_s:
            self._close(kept, kept.idle_since_s + limit_s)

    def _close(self, kept: _Warehouse, at_s: float) -> None:
        kept.billed_s += max(_LEAST_BILLED_S, at_s - (kept.awake_since_s or at_s))
        kept.awake_since_s = None

    def _auto_suspend_s(self, name: str) -> float:
        said = self._options(name).get("AUTO_SUSPEND", str(_SUSPENDS_AFTER_S))
        return float(said) if said.replace(".", "", 1).isdigit() else 0.0  # NULL and 0: never

    def warehouses(self) -> list[dict[str, Any]]:
        """For each warehouse: state, wakes, statements, seconds billed until now and their credits."""
        now_s = self._now_s()
        found = []
        with self._guard:
            for name, kept in sorted(self._warehouses.items()):
                self._settle(name, kept, now_s)
                awake_s = None if kept.awake_since_s is None else max(_LEAST_BILLED_S, now_s - kept.awake_since_s)
                billed_s = kept.billed_s + (awake_s or 0.0)
                credits_used = billed_s / 3600 * self._credits_per_hour(name)
                found.append(
                    {
                        "warehouse": name,
                        "state": "SUSPENDED" if awake_s is None else "STARTED",
                        "wakes": kept.wakes,
                        "statements": kept.statements,
                        "billed_s": billed_s,
                        "credits": credits_used,
                    }
                )
        return found

    def _credits_per_hour(self, name: str) -> int:
        size = self._options(name).get("WAREHOUSE_SIZE", "XSMALL").upper().replace("-", "").replace("_", "")
        return _CREDITS_PER_HOUR.get(_SIZES.get(size, size), 1)

    def statements(self) -> list[dict[str, Any]]:
        """The last 2,000 statements, oldest first."""
        with self._guard:
            return [asdict(seen) for seen in self._statements]

    def totals(self) -> dict[str, int]:
        """How many statements needed no warehouse, and how many of the kept ones had none when they needed one."""
        with self._guard:
            lacking = sum(seen.needed_warehouse and not seen.warehouse for seen in self._statements)
            return {"free_statements": self._free, "without_warehouse": lacking}

    def reset(self) -> None:
        """Forget every count; a warehouse that is awake wakes anew with its next statement."""
        with self._guard:
            self._warehouses.clear()
            self._statements.clear()
            self._free = 0
