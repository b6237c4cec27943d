"""A queue in memory whose statements wake a warehouse and are billed as Snowflake bills them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from executor.testing.memory_store import MemoryStore
from local_cloud.snowflake.meter import Meter

FREE: Final = {"intake_token", "quiet"}
"""What Snowflake answers without a warehouse, or what is not asked of it."""
_STATEMENTS: Final = {
    name for name in vars(MemoryStore) if not name.startswith("_") and name not in {"enqueue", "define", *FREE}
}


class MeteredStore(MemoryStore):
    """The shipped fake with the local Snowflake's meter on it."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(now)
        self.meter = Meter(lambda: now().timestamp(), lambda _warehouse: {"AUTO_SUSPEND": "60"})

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name not in _STATEMENTS:
            return found

        async def metered(*values: Any, **named: Any) -> Any:
            with self.meter.statement(name, name, ("", "", "REPORTS_WH"), needed=True):
                return await found(*values, **named)

        return metered

    def forget_the_bill(self) -> None:
        """Count from now on."""
        self.meter.reset()

    def wakes(self) -> int:
        """How often the warehouse woke."""
        return sum(int(found["wakes"]) for found in self.meter.warehouses())

    def billed_s(self) -> float:
        """What it cost, in seconds."""
        return sum(float(found["billed_s"]) for found in self.meter.warehouses())
