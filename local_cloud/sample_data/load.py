"""Loading the shop into a database, the way any bulk load goes: files to a stage, COPY into the tables."""

import re
import tempfile
from collections.abc import Callable
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Final

from snowflake.connector import SnowflakeConnection

from contract.binding import bound
from contract.report import Scalar
from local_cloud.sample_data.generate import MODEL_VERSION, generate
from local_cloud.sample_data.tables import TABLES, Made, Table, write

_IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*")
_BEFORE: Final = (
    "create_schema_crm",
    "create_schema_catalog",
    "create_schema_sales",
    "create_stage",
    "create_sample_loads",
)

_SCHEMAS: Final = ("CRM", "CATALOG", "SALES")


def load_sample_data(
    connection: SnowflakeConnection,
    *,
    database: str,
    last_day: date,
    seed: int = 7,
    reader: str | None = None,
    progress: Callable[[str], None],
    made: Callable[[], Made] | None = None,
) -> dict[str, int]:
    """Put the shop's 24 months up to ``last_day`` into the schemas CRM, CATALOG and SALES of a database.

    What is there already, from the same day and seed, stays; data of another day or seed are replaced. The
    connection's current database and schema may be others afterwards, as after any CREATE SCHEMA.

    Args:
        connection: signed in, with ``paramstyle`` qmark and the right to make schemas in the database.
        database: exists already.
        last_day: the last day with orders, usually yesterday.
        seed: another seed gives another shop.
        reader: a role that shall be able to read them.
        progress: takes one sentence per step.
        made: answers with the files of that day and seed, where they are made elsewhere; else they are made here.

    Returns:
        Rows by table.

    Raises:
        ValueError: a name is not a plain identifier, or the connection binds by another style.
    """
    if not _IDENTIFIER.fullmatch(database):
        raise ValueError(f"{database!r} is not a database's name; give a plain identifier such as ANALYTICS_PLATFORM")
    if reader and not _IDENTIFIER.fullmatch(reader):
        raise ValueError(f"{reader!r} is not a role's name; give a plain identifier such as REPORT_RUNNER")
    if connection.is_pyformat:
        raise ValueError("the connection binds by pyformat; open it with paramstyle='qmark'")
    loader = _Loader(connection, database, {"last_day": last_day.isoformat(), "seed": seed})
    for statement in _BEFORE:
        loader.run(statement)
    if loaded := loader.loaded():
        progress(f"sample data up to {last_day.isoformat()} lie in {database} already")
        loader.grant(reader)
        return loaded
    progress(f"making 24 months of sample data up to {last_day.isoformat()}")
    if made:
        rows = loader.load(made(), progress)
    else:
        with tempfile.TemporaryDirectory(prefix="sample-data-") as folder:
            rows = loader.load(write(generate(last_day, seed), Path(folder)), progress)
    loader.grant(reader)
    return rows


class _Loader:
    """Runs the statements of this folder in one database."""

    def __init__(self, connection: SnowflakeConnection, database: str, version: dict[str, Scalar]) -> None:
        self._connection = connection
        self._database = database
        self._version: dict[str, Scalar] = {**version, "model_version": MODEL_VERSION}

    def run(self, statement: str, **values: Scalar) -> list[tuple[object, ...]]:
        return self._execute(statement, values, {})

    def _execute(self, statement: str, values: dict[str, Scalar], names: dict[str, str]) -> list[tuple[object, ...]]:
        text = files("local_cloud.sample_data").joinpath(f"sql/{statement}.sql").read_text(encoding="utf-8")
        lines = [line for line in text.splitlines() if not line.startswith("--")]
        sql = "\n".join(lines).format(database=self._database, **names)
        with self._connection.cursor() as cursor:
            cursor.execute(*bound(sql, {**self._version, **values}))
            return list(cursor.fetchall())

    def grant(self, reader: str | None) -> None:
        if reader is None:
            return
        self._execute("grant_database", {}, {"reader": reader})
        for schema in _SCHEMAS:
            for statement in ("grant_schema", "grant_tables", "grant_views"):
                self._execute(statement, {}, {"reader": reader, "schema": schema})

    def loaded(self) -> dict[str, int]:
        rows = {str(name): int(str(count)) for name, count in self.run("loaded")}
        return rows if set(rows) == {table.name for table in TABLES} else {}

    def load(self, made: Made, progress: Callable[[str], None]) -> dict[str, int]:
        self.run("forget_loads")
        for table in TABLES:
            self._fill(table, made.folder)
            progress(f"{table.name}: {made.rows[table.name]:,} rows")
        self.run("create_sold_lines")
        for name, count in made.rows.items():
            self.run("record_load", table_name=name, row_count=count)
        return made.rows

    def _fill(self, table: Table, folder: Path) -> None:
        self.run(f"create_{table.short}")
        self._execute("put", {}, {"path": folder.joinpath(table.file).as_posix()})
        self._execute("copy", {}, {"table": table.name, "file": table.file})
