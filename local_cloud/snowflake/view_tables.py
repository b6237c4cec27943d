"""The tables that a view reads, through all the views beneath it."""

from collections.abc import Iterator

from sqlglot import exp, parse_one
from sqlglot.optimizer.scope import traverse_scope

from local_cloud.snowflake.errors import not_supported
from local_cloud.snowflake.privileges import Place
from local_cloud.snowflake.session import Session

_VIEW = "SELECT sql FROM duckdb_views() WHERE database_name = ? AND upper(schema_name) = upper(?) AND view_name = ?"
_TABLE = "SELECT 1 FROM duckdb_tables() WHERE database_name = ? AND upper(schema_name) = upper(?) AND table_name = ?"


def tables_behind(session: Session, place: Place) -> set[Place]:
    """The table itself, or the tables beneath the view of that name.

    Raises:
        ProgrammingError: 000002 for a view that reads what is neither, such as metadata of the server's.
    """
    text = _text_of(session, place)
    if text is None:
        return {place}
    return {table for source in _sources(session, text, place) for table in tables_behind(session, source)}


def _text_of(session: Session, place: Place) -> str | None:
    row = session.engine.execute(_VIEW, list(place)).fetchone()
    return str(row[0]) if row else None


def _sources(session: Session, text: str, view: Place) -> Iterator[Place]:
    # The engine keeps a view in its own words; a name without a schema is one of the view's, else of the session's.
    query = parse_one(text, read="duckdb").expression
    for scope in traverse_scope(query):
        for source in scope.sources.values():
            if isinstance(source, exp.Table) and isinstance(source.this, exp.Identifier):
                yield _found(session, source, view)


def _found(session: Session, source: exp.Table, view: Place) -> Place:
    schemas = [(source.catalog or view[0], source.db)] if source.db else [view[:2], _current(session)]
    for database, schema in schemas:
        place = (database, schema, source.name)
        if session.engine.execute(f"{_VIEW} UNION ALL {_TABLE}", [*place, *place]).fetchone():
            return place
    raise not_supported(f"AT(TIMESTAMP => …) of a view ({view[2]}) that reads {source.name}")


def _current(session: Session) -> tuple[str, str]:
    return session.database or "", session.schema or ""
