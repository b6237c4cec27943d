"""What a statement answers, in the engine's own columns."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from local_cloud.snowflake.arrow import pa


@dataclass(frozen=True)
class Result:
    """The answer of one statement: columns as Arrow, types by their DuckDB names; `user` may ask for it again."""

    table: Any
    types: tuple[str, ...]
    rowcount: int
    statement_type: int = 0
    query_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    upload: Mapping[str, Any] | None = None
    user: str = ""

    def rows(self) -> list[tuple[Any, ...]]:
        """The rows as Python tuples."""
        return list(zip(*(column.to_pylist() for column in self.table.columns), strict=True))


ARROW_TYPES = {
    "VARCHAR": pa.string(),
    "JSON": pa.string(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIME": pa.time64("us"),
    "TIMESTAMP": pa.timestamp("us"),
    "TIMESTAMP WITH TIME ZONE": pa.timestamp("us", tz="UTC"),
    "BLOB": pa.binary(),
}


def from_rows(columns: Mapping[str, str], rows: Sequence[Sequence[Any]], *, statement_type: int = 0) -> Result:
    """A result made by hand; `columns` maps a name to a DuckDB type of `ARROW_TYPES`."""
    arrays = [pa.array([row[i] for row in rows], type=ARROW_TYPES[kind]) for i, kind in enumerate(columns.values())]
    table = pa.Table.from_arrays(arrays, names=list(columns))
    return Result(table, tuple(columns.values()), len(rows), statement_type)


def status(text: str, *, statement_type: int = 0) -> Result:
    """The one-row, one-column answer of statements that return no data."""
    return from_rows({"status": "VARCHAR"}, [(text,)], statement_type=statement_type)


DONE = "Statement executed successfully."
