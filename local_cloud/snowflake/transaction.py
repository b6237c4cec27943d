"""An explicit transaction that outlives its failed statements and sees what others commit between two of its own.

Snowflake undoes a failed statement and goes on with the transaction; DuckDB abandons the whole of it and answers a
later COMMIT as if it had worked. Snowflake's statements see what was committed before each of them; DuckDB's see
what was committed before the first. For both the transaction is opened anew and the rows it had written are put
back (`write_set`). So they are looked at after each write, unless there are too many: then a failure finds that
nothing can be restored, and the transaction is doomed: its COMMIT fails.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import duckdb

from local_cloud.snowflake.clock import now_ns
from local_cloud.snowflake.errors import failure
from local_cloud.snowflake.write_set import WriteSet, captured, highest_row, reopened, restored

MOST_ROWS: Final = 200_000

Open = Callable[[], duckdb.DuckDBPyConnection]


class Mark(NamedTuple):
    """What a transaction had written at one moment; not `whole` where there were too many rows to look at."""

    rows: WriteSet
    tables: Mapping[str, int | None]
    whole: bool


@dataclass
class Transaction:
    """One open transaction; `depth` is the CALL nesting that began it, `seen` the count of commits at its snapshot."""

    depth: int
    seen: int = 0
    id: int = field(default_factory=now_ns)
    changed: set[str] = field(default_factory=set)
    doomed: str = ""
    is_batch: bool = False  # its statements are the rows of one, which see the same state
    _tables: dict[str, int | None] = field(default_factory=dict)
    _rows: WriteSet = field(default_factory=dict)
    _whole: bool = True

    def before_write(
        self, engine: duckdb.DuckDBPyConnection, tables: Iterable[tuple[str, bool]]
    ) -> dict[str, int | None]:
        """What to tell `wrote` after a statement that writes `tables`: (engine name, whether it only adds rows)."""
        return {
            table: highest_row(engine, table) if not only_adds and self._tables.get(table) is None else None
            for table, only_adds in tables
        }

    def wrote(self, engine: duckdb.DuckDBPyConnection, tops: Mapping[str, int | None], count: int) -> None:
        """Remember a write of `count` rows that worked."""
        for table, top in tops.items():
            self._tables[table] = self._tables.get(table) if top is None else top
        changed = [table for table, top in self._tables.items() if top is not None]
        rows = count + sum(_size(engine, table) for table in changed)
        self._whole = self._whole and rows <= MOST_ROWS and not self.is_batch
        if self._whole:
            self._rows = captured(engine, self._tables, self._rows)

    def end_batch(self, engine: duckdb.DuckDBPyConnection) -> None:
        """The rows of one statement are all written."""
        self.is_batch = False
        self._rows, self._whole = captured(engine, self._tables, {}), True

    def mark(self) -> Mark:
        """What is written by now, to come back to."""
        return Mark(self._rows, dict(self._tables), self._whole)

    def renew(self, engine: duckdb.DuckDBPyConnection, beside: Open, commits: int) -> None:
        """Let the next statement see what others have committed; `commits` were counted before this."""
        if not self._whole:
            self._rows, self._whole = captured(engine, self._tables, {}), True
        self.back_to(engine, beside, self.mark(), commits)

    def recover(self, engine: duckdb.DuckDBPyConnection, beside: Open, commits: int) -> None:
        """Go on after a failed statement; what cannot be restored dooms the transaction."""
        if _is_abandoned(engine):
            self.back_to(engine, beside, self.mark(), commits)

    def back_to(self, engine: duckdb.DuckDBPyConnection, beside: Open, mark: Mark, commits: int) -> None:
        """Open the transaction anew with what was written at `mark`."""
        if not mark.whole:
            self.doomed = f"it wrote to more than {MOST_ROWS} rows, or to tables with as many"
        with reopened(engine, beside(), mark.tables):
            self.seen, self._rows, self._whole = commits, mark.rows, mark.whole
            try:
                self._tables = dict(mark.tables) | restored(engine, mark.rows if mark.whole else {})
            except duckdb.Error as error:
                self.doomed = f"its earlier statements no longer apply ({error})"

    def refuse_if_doomed(self) -> None:
        """Raise instead of pretending that a lost transaction goes on.

        Raises:
            ProgrammingError: 000002 once the transaction could not be restored.
        """
        if self.doomed:
            text = (
                "not supported by the local cloud: this transaction could not go on after a failed statement, "
                f"because {self.doomed}; nothing of it is kept. Say ROLLBACK and begin again."
            )
            raise failure(2, "0A000", text)


def _size(engine: duckdb.DuckDBPyConnection, table: str) -> int:
    ((found,),) = engine.execute(f"SELECT count(*) FROM {table}").fetchall()  # noqa: S608  a quoted name
    return int(found)


def _is_abandoned(engine: duckdb.DuckDBPyConnection) -> bool:
    try:
        engine.execute("SELECT 1").fetchall()
    except duckdb.TransactionException:
        return True
    return False
