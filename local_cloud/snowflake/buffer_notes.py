"""The engine's notes of memory that it gave back are cleared before they are tens of MiB.

DuckDB queues every buffer that a join, a sort or an aggregate lets go of, so that it could be written to disk were
memory short. A buffer that is freed soon after leaves its note in the queue, and the note keeps the buffer's handle,
about 230 bytes in all. Only what needs room walks the queues to their end; by itself DuckDB leaves about 33,000 notes
in each of eight queues, 60 MiB, which take many hours to gather: a server that runs for days would seem to leak.

A memory limit that cannot be kept makes the engine walk all queues: it writes out what it can and drops every dead
note on its way. Then it refuses the limit and keeps the one that it had, so that no other statement is disturbed. For
that to be sure, more has to be in use than the limit: some indexes of our own, which the engine cannot write out.
"""

import threading
from typing import Any, Final

import duckdb

MOST_NOTES: Final = 40_000  # about 9 MiB
_LOOK_S: Final = 5.0
_HELD_TABLES: Final = 4
_HELD_ROWS: Final = 100  # whose index takes 1.25 MiB of address space, of which little is touched
_LEAST_HELD_BYTES: Final = 4 * 1024**2  # the engine's own count of memory is up to 2 MiB behind
_LIMIT: Final = "1MiB"

_COUNT: Final = "SELECT coalesce(sum(dead_nodes), 0)::BIGINT FROM duckdb_eviction_queues()"
_HELD: Final = "SELECT coalesce(sum(memory_usage_bytes), 0)::BIGINT FROM duckdb_memory() WHERE tag = 'ART_INDEX'"


class BufferNotes:
    """The notes of one engine."""

    def __init__(self, engine: duckdb.DuckDBPyConnection) -> None:
        """Watch the engine behind this connection."""
        self._engine = engine.cursor()
        self._memory_limit = self._value("SELECT current_setting('memory_limit')")
        self._guard = threading.Lock()
        self._holds = False

    def watch(self, ended: threading.Event) -> None:
        """Clear them whenever there are too many, until `ended`."""
        while not ended.wait(_LOOK_S):
            if self.count() > MOST_NOTES:
                self.clear()

    def count(self) -> int:
        """How many notes there are of buffers that are gone."""
        with self._guard:
            return int(self._value(_COUNT))

    def clear(self) -> bool:
        """Drop them all; False where it could not be done without a risk for other statements."""
        with self._guard:
            if not self._hold():
                return False
            try:
                self._engine.execute(f"SET GLOBAL memory_limit = '{_LIMIT}'")
            except duckdb.OutOfMemoryException:
                return True
            self._engine.execute(f"SET GLOBAL memory_limit = '{self._memory_limit}'")
            return False

    def _hold(self) -> bool:
        """Have so much in use that the limit is refused; whether that is so."""
        if not self._holds:
            self._holds = True
            for number in range(_HELD_TABLES):
                self._engine.execute(f"CREATE TEMP TABLE held_{number} (id BIGINT PRIMARY KEY)")
                sql = f"INSERT INTO held_{number} SELECT range FROM range({_HELD_ROWS})"  # noqa: S608  numbers of our own
                self._engine.execute(sql)
        return int(self._value(_HELD)) >= _LEAST_HELD_BYTES

    def _value(self, sql: str) -> Any:
        ((value,),) = self._engine.execute(sql).fetchall()
        return value
