# ruff: noqa: S608 - the only things put into these statements are names of tables and columns, quoted, and numbers
"""What an open transaction has written, as rows: it can be put on top of a newer state of the database.

DuckDB gives a transaction one snapshot for all of its statements; Snowflake gives each statement what was committed
before it began. So between two statements the transaction is opened anew and its own writes are put back. They are
put back as rows and not by running its statements again, which on newer rows could do something else.

A table that only got rows is remembered by those, whose row ids the engine counts from `_LOCAL` until they are
committed. A table that was updated or deleted from is remembered whole. Nobody else can have updated it or deleted
from it, because its lock is held; rows that others have added have ids beyond `top`, and stay.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

import duckdb

from local_cloud.snowflake.arrow import pa

_LOCAL: Final = 36_028_797_018_960_000  # DuckDB's MAX_ROW_ID
_ID: Final = "_sf_row_id"
_VIEW: Final = "_SF_WRITTEN"
_IDS: Final = "_SF_DIFFERING"


@dataclass(frozen=True)
class Written:
    """The rows of one table; `top` is the highest committed row id, None where rows were only added."""

    rows: Any
    top: int | None


WriteSet = Mapping[str, Written]


def highest_row(engine: duckdb.DuckDBPyConnection, table: str) -> int:
    """The highest committed row id of a table, -1 when it has none."""
    ((found,),) = engine.execute(f"SELECT max(rowid) FROM {table} WHERE rowid < {_LOCAL}").fetchall()
    return -1 if found is None else int(found)


def captured(engine: duckdb.DuckDBPyConnection, tables: Mapping[str, int | None], known: WriteSet) -> WriteSet:
    """What the open transaction made of `tables` (engine name -> `top`); added rows that are `known` are not read."""
    found = {}
    for table, top in tables.items():
        before = known[table].rows if top is None and table in known else None
        only = f" WHERE rowid >= {_LOCAL + (before.num_rows if before else 0)}" if top is None else ""
        rows = engine.execute(f"SELECT rowid AS {_ID}, * FROM {table}{only}").to_arrow_table()
        found[table] = Written(pa.concat_tables([before, rows]) if before else rows, top)
    return found


def restored(engine: duckdb.DuckDBPyConnection, written: WriteSet) -> dict[str, int | None]:
    """Put the rows into the transaction that just began; answers with the new `top` of each table.

    Raises:
        duckdb.Error: a table is not what it was any more.
    """
    tops: dict[str, int | None] = {}
    for table, was in written.items():
        tops[table] = None if was.top is None else highest_row(engine, table)
        engine.register(_VIEW, was.rows)
        try:
            _put_back(engine, table, was)
        finally:
            engine.unregister(_VIEW)
    return tops


def _put_back(engine: duckdb.DuckDBPyConnection, table: str, was: Written) -> None:
    names = ['"' + name.replace('"', '""') + '"' for name in was.rows.column_names if name != _ID]
    columns = ", ".join(names)
    if was.top is None:
        engine.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {_VIEW}")
        return
    differs = " OR ".join(f"there.{name} IS DISTINCT FROM mine.{name}" for name in names)
    ids = engine.execute(
        f"SELECT there.rowid, mine.{_ID} IS NOT NULL FROM {table} AS there LEFT JOIN {_VIEW} AS mine "
        f"ON mine.{_ID} = there.rowid WHERE there.rowid <= {was.top} AND (mine.{_ID} IS NULL OR {differs})"
    ).fetchall()
    engine.register(_IDS, pa.table({"id": pa.array([row[0] for row in ids], pa.int64())}))
    try:
        engine.execute(f"DELETE FROM {table} WHERE rowid IN (SELECT id FROM {_IDS})")
        engine.execute(
            f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {_VIEW} "
            f"WHERE {_ID} >= {_LOCAL} OR {_ID} IN (SELECT id FROM {_IDS})"
        )
    finally:
        engine.unregister(_IDS)


@contextmanager
def reopened(
    engine: duckdb.DuckDBPyConnection, beside: duckdb.DuckDBPyConnection, tables: Mapping[str, int | None]
) -> Iterator[None]:
    """Open the transaction anew; `beside` holds on to the old row ids, which nothing may renumber meanwhile."""
    beside.begin()
    try:
        for table in tables:
            with suppress(duckdb.Error):  # a temporary table, which nobody else can touch, or one that is gone
                beside.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchall()
                continue
            beside.rollback()
            beside.begin()
        with suppress(duckdb.TransactionException):  # the engine may have given the transaction up
            engine.rollback()
        engine.begin()
        yield
    finally:
        beside.close()
