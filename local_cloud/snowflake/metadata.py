"""Metadata views that tell what the engine does not keep: comments, owners, moments, the text of views."""

from importlib.resources import files
from typing import Final

import duckdb

_ACCOUNT_VIEWS: Final = {
    "_fs_columns": "_fs_plain_columns",
    "_fs_show_tables": "_fs_plain_show_tables",
    "_fs_show_objects": "_fs_plain_show_objects",
    "_fs_show_views": "_fs_plain_show_views",
    "_fs_show_schemas": "_fs_plain_show_schemas",
    "_fs_show_databases": "_fs_plain_show_databases",
}
_DATABASE_VIEWS: Final = {
    "_fs_tables": "_fs_plain_tables",
    "_fs_views": "_fs_plain_views",
    "_fs_schemata": "_fs_plain_schemata",
    "databases": "_fs_plain_databases",
}


def furnish_account(engine: duckdb.DuckDBPyConnection) -> None:
    """Create the tables of notes and the views for SHOW and DESCRIBE; running it again changes nothing."""
    _step_aside(engine, "_fs_global", _ACCOUNT_VIEWS)
    engine.execute(_text("metadata.sql"))


def furnish_database(engine: duckdb.DuckDBPyConnection, database: str) -> None:
    """Create the views of a database's INFORMATION_SCHEMA; running it again changes nothing."""
    _step_aside(engine, database, _DATABASE_VIEWS)
    engine.execute(_text("metadata_of_database.sql").replace("DATABASE_NAME_HERE", database.replace('"', '""')))


def _step_aside(engine: duckdb.DuckDBPyConnection, database: str, views: dict[str, str]) -> None:
    """The views of fakesnow go on under other names; ours, which read them, take their places."""
    sql = "SELECT view_name FROM duckdb_views() WHERE database_name = ? AND schema_name = '_fs_information_schema'"
    there = {row[0] for row in engine.execute(sql, [database]).fetchall()}
    for name, aside in views.items():
        if aside not in there:
            engine.execute(f'ALTER VIEW "{database}"._fs_information_schema."{name}" RENAME TO "{aside}"')


def _text(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
