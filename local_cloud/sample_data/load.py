"""Loading the shop into a database, the way any bulk load goes: files to a stage, COPY into the tables."""

import csv
import re
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Final, NamedTuple

from snowflake.connector import SnowflakeConnection

from contract.binding import bound
from contract.report import Scalar
from local_cloud.sample_data.generate import MODEL_VERSION, generate
from local_cloud.sample_data.shop import Customer, Order, OrderItem, Product, Refund, Shop

_IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*")
_BEFORE: Final = (
    "create_schema_crm",
    "create_schema_catalog",
    "create_schema_sales",
    "create_stage",
    "create_sample_loads",
)

_SCHEMAS: Final = ("CRM", "CATALOG", "SALES")


class _Table(NamedTuple):
    name: str
    columns: tuple[str, ...]
    rows: Callable[[Shop], Sequence[tuple[object, ...]]]


_TABLES: Final = (
    _Table("CRM.CUSTOMERS", Customer._fields, lambda shop: shop.customers),
    _Table("CATALOG.PRODUCTS", Product._fields, lambda shop: shop.products),
    _Table("SALES.ORDERS", Order._fields, lambda shop: shop.orders),
    _Table("SALES.ORDER_ITEMS", OrderItem._fields, lambda shop: shop.order_items),
    _Table("SALES.REFUNDS", Refund._fields, lambda shop: shop.refunds),
)


def load_sample_data(
    connection: SnowflakeConnection,
    *,
    database: str,
    last_day: date,
    seed: int = 7,
    reader: str | None = None,
    progress: Callable[[str], None],
    made: Callable[[], Shop] | None = None,
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
        made: answers with the shop of that day and seed, where it is made elsewhere; else it is made here.

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
    shop = made() if made else generate(last_day, seed)
    loader.run("forget_loads")
    rows = {table.name: loader.fill(table, shop, progress) for table in _TABLES}
    loader.run("create_sold_lines")
    for name, count in rows.items():
        loader.run("record_load", table_name=name, row_count=count)
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
        return rows if set(rows) == {table.name for table in _TABLES} else {}

    def fill(self, table: _Table, shop: Shop, progress: Callable[[str], None]) -> int:
        rows, short = table.rows(shop), table.name.partition(".")[2].lower()
        self.run(f"create_{short}")
        with tempfile.TemporaryDirectory(prefix="sample-data-") as folder:
            path = Path(folder, f"{short}.csv")
            with path.open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file)
                writer.writerow(table.columns)
                writer.writerows(rows)
            self._execute("put", {}, {"path": path.as_posix()})
        self._execute("copy", {}, {"table": table.name, "file": path.name})
        progress(f"{table.name}: {len(rows):,} rows")
        return len(rows)
