"""One translated statement on the engine: queries and DML directly, whatever else through fakesnow."""

import warnings
from pathlib import Path
from typing import Any, Final

import duckdb
from fakesnow.cursor import FakeSnowflakeCursor
from sqlglot import Expr, exp

from local_cloud.snowflake.arrow import pa
from local_cloud.snowflake.result import Result, from_rows
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.spool import stored
from local_cloud.snowflake.translation import Part

_BATCH_ROWS: Final = 4_096
_FEW_ROWS: Final = 1_024
_COUNTS: Final[dict[type[Expr], tuple[str, ...]]] = {
    exp.Insert: ("number of rows inserted",),
    exp.Update: ("number of rows updated", "number of multi-joined rows updated"),
    exp.Delete: ("number of rows deleted",),
}
# Meant for large answers; here only small ones are copied.
warnings.filterwarnings("ignore", "Arrow output on a DB-API result makes an extra copy", UserWarning)


def execute(session: Session, part: Part, params: Any, kind: int) -> Result:
    """Run one part of a statement of this type.

    Raises:
        Exception: whatever the engine or fakesnow raises; the caller translates it.
    """
    if part.plain and isinstance(part.tree, exp.Query):
        return _query(session.engine, part, params, session.server.results_dir, kind)
    if part.plain and type(part.tree) in _COUNTS:
        return _dml(session.engine, part, params, kind)
    cursor = FakeSnowflakeCursor(session, session.engine)
    cursor._execute(part.tree, params)  # noqa: SLF001  fakesnow's own pipeline, pinned by the seam test
    table: Any = cursor._arrow_table  # noqa: SLF001  fakesnow keeps the answer here
    upload = part.tree.args.get("put_stage_data")
    return Result(table, _types(session.engine.description), int(cursor.rowcount or 0), kind, upload=upload)


def _query(engine: duckdb.DuckDBPyConnection, part: Part, params: Any, directory: Path, kind: int) -> Result:
    # What `execute` has run, the engine hands out as a whole only; a relation it hands out while it makes it, but it
    # binds the statement twice for that, which is most of the work of a view over many tables.
    engine.complete()  # a result of `execute` that was read but not to its end would be in the way
    is_small = part.answered.rows <= _FEW_ROWS
    asked: Any = engine.execute(part.sql, params) if is_small else engine.sql(part.sql, params=params)
    types = _types(asked.description)
    try:
        reader = asked.to_arrow_reader(_BATCH_ROWS)
        table = stored(reader, reader.schema, directory)
    except (OSError, pa.ArrowException) as error:  # a batch that failed tells the engine's error in this form
        raise _as_raised(error) from error
    part.answered.rows = table.num_rows
    return Result(table, types, table.num_rows, kind)


def _dml(engine: duckdb.DuckDBPyConnection, part: Part, params: Any, kind: int) -> Result:
    ((count,),) = engine.execute(part.sql, params).fetchall()
    names = _COUNTS[type(part.tree)]
    answer = from_rows(dict.fromkeys(names, "BIGINT"), [(count, 0)[: len(names)]])
    return Result(answer.table, answer.types, int(count), kind)


def _types(description: Any) -> tuple[str, ...]:
    return tuple(str(column[1]) for column in description or ())


def _as_raised(error: Exception) -> Exception:
    """The engine's own exception for one that came through Arrow, which keeps its text."""
    kind, colon, _ = str(error).partition(" Error: ")
    if not colon:
        return error
    name = "Transaction" if kind == "TransactionContext" else kind.title().replace(" ", "")
    raised: Exception = getattr(duckdb, f"{name}Exception", duckdb.Error)(str(error))
    return raised
