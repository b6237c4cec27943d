"""Results that can be asked for again by their query id, the newest only."""

import threading
from collections import OrderedDict
from typing import Any, Final

from local_cloud.snowflake.result import Result
from local_cloud.snowflake.spool import rows_in_memory

_MOST_ENTRIES: Final = 256
_MOST_ROWS: Final = 1_000_000


class ResultCache(dict[str, Any]):
    """A dict that forgets its oldest entries, so that a server does not grow.

    It holds 256 entries, and answers of a million rows in memory.
    """

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self._rows: OrderedDict[str, int] = OrderedDict()
        self._guard = threading.Lock()

    def __setitem__(self, key: str, value: Any) -> None:
        """Keep an entry; a result weighs as many rows as it has in memory."""
        with self._guard:
            super().__setitem__(key, value)
            self._rows[key] = rows_in_memory(value.table) if isinstance(value, Result) else 1
            self._rows.move_to_end(key)
            self._shrink()

    def _shrink(self) -> None:
        while len(self._rows) > _MOST_ENTRIES or (len(self._rows) > 1 and sum(self._rows.values()) > _MOST_ROWS):
            oldest, _ = self._rows.popitem(last=False)
            super().pop(oldest, None)
