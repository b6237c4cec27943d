"""When tables changed, and how often anything was committed: what probes, older moments and transactions go by."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from local_cloud.snowflake.catalog import Catalog
from local_cloud.snowflake.clock import now_ns

_NOWHERE = ("", "")


class Changes:
    """Change times in nanoseconds since 1970, of tables named `DB.SCHEMA.TABLE`; kept through restarts."""

    def __init__(self, catalog: Catalog) -> None:
        """Read what is kept; a table that was being changed when a server was killed counts as changed now."""
        self.opened_ns = now_ns()
        self._catalog = catalog
        self._guard = threading.Condition()
        self._changed: dict[str, int] = {}
        self._made: dict[str, int] = {}
        self._writing: Counter[str] = Counter()
        self._commits = 0
        for kept in catalog.all("CHANGING"):
            self.record({kept["table"]})
            catalog.drop("CHANGING", _NOWHERE, kept["table"])

    @property
    def commits(self) -> int:
        """How many commits there were; the same number twice means that nothing was committed in between."""
        return self._commits

    def committed(self) -> None:
        """Count one commit."""
        with self._guard:
            self._commits += 1

    @contextmanager
    def writing(self, tables: set[str]) -> Iterator[None]:
        """Around a commit and the record of it, so that neither a kill nor a reader can come between the two."""
        with self._guard:
            for table in tables:
                self._writing[table] += 1
                self._catalog.put("CHANGING", _NOWHERE, table, {"table": table})
        try:
            yield
        finally:
            with self._guard:
                for table in tables:
                    self._writing[table] -= 1
                    if not self._writing[table]:
                        del self._writing[table]
                        self._catalog.drop("CHANGING", _NOWHERE, table)
                self._commits += 1
                self._guard.notify_all()

    def record(self, tables: set[str]) -> None:
        """Note that committed DML changed these tables."""
        for table in tables:
            self._changed[table] = max(now_ns(), self.last_change(table) + 1)
            self._catalog.put("CHANGE", _NOWHERE, table, {"at": self._changed[table]})

    def record_made(self, tables: set[str]) -> None:
        """Note that DDL made or altered tables."""
        for table in tables:
            self._made[table] = now_ns()
            self._catalog.put("MADE", _NOWHERE, table, {"at": self._made[table]})

    def last_change(self, table: str) -> int:
        """When DML last changed a table; 0 when it never did."""
        return self._kept("CHANGE", self._changed, table)

    def made_at(self, table: str) -> int:
        """When DDL last made or altered a table; the server's start when nobody noted it."""
        return self._kept("MADE", self._made, table) or (0 if self.last_change(table) else self.opened_ns)

    def settled(self, table: str, within_s: float) -> bool:
        """Wait until no commit to a table is under way; whether that came true in time."""
        with self._guard:
            return self._guard.wait_for(lambda: table not in self._writing, within_s)

    def _kept(self, kind: str, known: dict[str, int], table: str) -> int:
        if table not in known:
            kept = self._catalog.get(kind, _NOWHERE, table)
            known[table] = int(kept["at"]) if kept else 0
        return known[table]
