"""Objects the engine does not know (procedures, tasks, warehouses, roles, …), kept through restarts."""

import json
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Own file and own transactions: DDL is never undone by the caller's ROLLBACK, as in Snowflake.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    kind TEXT NOT NULL, database_name TEXT NOT NULL, schema_name TEXT NOT NULL, name TEXT NOT NULL,
    body TEXT NOT NULL, PRIMARY KEY (kind, database_name, schema_name, name)
)
"""


class Catalog:
    """A small store of named objects; every change outlives the process."""

    def __init__(self, file: Path) -> None:
        """Open or create the store in `file`."""
        self._lock = threading.Lock()
        self._store = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._store.execute("PRAGMA journal_mode=WAL")
        self._store.execute("PRAGMA synchronous=OFF")  # a killed process loses nothing; only a power cut could
        self._store.execute(_SCHEMA)

    def put(self, kind: str, where: tuple[str, str], name: str, body: dict[str, Any]) -> None:
        """Keep `body` under a name in (database, schema), replacing what was there."""
        with self._lock:
            self._store.execute(
                "INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?)",
                (kind, *where, name, json.dumps(body, default=str)),
            )

    def get(self, kind: str, where: tuple[str, str], name: str) -> dict[str, Any] | None:
        """The body kept under exactly this name."""
        with self._lock:
            row = self._store.execute(
                "SELECT body FROM objects WHERE kind=? AND database_name=? AND schema_name=? AND name=?",
                (kind, *where, name),
            ).fetchone()
        return json.loads(row[0]) if row else None

    def update(
        self, kind: str, where: tuple[str, str], name: str, change: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> dict[str, Any] | None:
        """Replace a body by what `change` makes of it, while nobody else can change it; None when there is none.

        What `change` raises leaves the body as it was.
        """
        key = (kind, *where, name)
        with self._lock:
            row = self._store.execute(
                "SELECT body FROM objects WHERE kind=? AND database_name=? AND schema_name=? AND name=?", key
            ).fetchone()
            if row is None:
                return None
            changed = change(json.loads(row[0]))
            self._store.execute(
                "UPDATE objects SET body=? WHERE kind=? AND database_name=? AND schema_name=? AND name=?",
                (json.dumps(changed, default=str), *key),
            )
        return changed

    def drop(self, kind: str, where: tuple[str, str], name: str) -> bool:
        """Forget an object; whether it was there."""
        with self._lock:
            done = self._store.execute(
                "DELETE FROM objects WHERE kind=? AND database_name=? AND schema_name=? AND name=?",
                (kind, *where, name),
            )
        return done.rowcount > 0

    def all(self, kind: str, database: str | None = None, schema: str | None = None) -> list[dict[str, Any]]:
        """The bodies of a kind, by name, optionally of one database or schema."""
        with self._lock:
            rows = self._store.execute(
                "SELECT body FROM objects WHERE kind=? AND (? IS NULL OR database_name=?)"
                " AND (? IS NULL OR schema_name=?) ORDER BY database_name, schema_name, name",
                (kind, database, database, schema, schema),
            ).fetchall()
        return [json.loads(row[0]) for row in rows]

    def forget(self, database: str, schema: str | None = None) -> None:
        """Drop everything that a dropped database or schema held."""
        with self._lock:
            self._store.execute(
                "DELETE FROM objects WHERE database_name=? AND (? IS NULL OR schema_name=?)",
                (database, schema, schema),
            )
