"""COMMENT ON an object."""

from typing import Any, Final

from local_cloud.snowflake import object_notes
from local_cloud.snowflake.access_checks import Guard
from local_cloud.snowflake.errors import missing, not_supported
from local_cloud.snowflake.names import resolve
from local_cloud.snowflake.object_notes import ColumnNote
from local_cloud.snowflake.privileges import OWNERSHIP, Place
from local_cloud.snowflake.procedure_ddl import family
from local_cloud.snowflake.result import DONE, Result, status
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.sql_text import Reader, comma_separated

_ACCOUNT_KINDS: Final = frozenset(("WAREHOUSE", "ROLE", "USER"))


def comment(session: Session, sql: str, _params: Any) -> Result:
    """COMMENT [IF EXISTS] ON kind name IS 'text'.

    Raises:
        ProgrammingError: 002003 when the object is not there, 000002 for kinds that do not exist here.
    """
    reader = Reader(sql)
    reader.expect("COMMENT")
    gently = reader.accept("IF", "EXISTS")
    reader.expect("ON")
    kind = reader.identifier()
    name = reader.name()
    session.commit_before_ddl()
    set_text = _setter(session, kind, name, reader)
    reader.expect("IS")
    text = reader.word()
    if not reader.done:
        reader.fail()
    if set_text is None:
        if gently:
            return status(DONE)
        raise missing(kind, ".".join(name))
    set_text(text)
    return status(DONE)


def _setter(session: Session, kind: str, name: tuple[str, ...], reader: Reader) -> Any:
    """What keeps the text; None when there is no such object."""
    if kind in {"TABLE", "VIEW"}:
        return _of_relation(session, kind, resolve(session, name))
    if kind == "COLUMN":
        return _of_column(session, name)
    if kind in {"SCHEMA", "DATABASE"}:
        return _of_namespace(session, kind, name)
    if kind == "STAGE":
        return _of_stage(session, resolve(session, name))
    if kind == "PROCEDURE":
        types = ", ".join(family(text) for text in comma_separated(reader.group()))
        database, schema, bare = resolve(session, name)
        return _of_kept(session, kind, (database, schema, f"{bare}({types})"))
    if kind == "TASK":
        return _of_kept(session, kind, resolve(session, name))
    if kind in _ACCOUNT_KINDS:
        return _of_kept(session, kind, ("", "", name[0]))
    raise not_supported(f"COMMENT ON {kind}")


def relation_kind(session: Session, place: Place) -> str:
    """TABLE or VIEW, empty when there is none of the name."""
    sql = "SELECT 'TABLE' FROM duckdb_tables() WHERE database_name = ? AND schema_name = ? AND table_name = ?"
    sql += " UNION ALL SELECT 'VIEW' FROM duckdb_views() WHERE database_name = ? AND schema_name = ? AND view_name = ?"
    found = object_notes.read(session, sql, (*place, *place))
    return str(found[0][0]) if found else ""


def _of_relation(session: Session, kind: str, place: Place) -> Any:
    if relation_kind(session, place) != kind:
        return None
    Guard(session).need(kind, place, OWNERSHIP)
    return lambda text: object_notes.comment(session, kind, place, text)


def _of_column(session: Session, name: tuple[str, ...]) -> Any:
    table, column = resolve(session, name[:-1]), name[-1]
    sql = "SELECT 1 FROM duckdb_columns() WHERE database_name = ? AND schema_name = ? AND table_name = ?"
    if not object_notes.read(session, f"{sql} AND column_name = ?", (*table, column)):
        return None
    Guard(session).need(relation_kind(session, table), table, OWNERSHIP)
    return lambda text: object_notes.note_column(session, table, ColumnNote(column, text))


def _of_namespace(session: Session, kind: str, name: tuple[str, ...]) -> Any:
    if kind == "DATABASE":
        place, there = (name[0], "", ""), session.server.has_database(name[0])
    else:
        database = name[0] if len(name) > 1 else session.database or ""
        place, there = (database, name[-1], ""), session.server.has_schema(database, name[-1])
    if not there:
        return None
    Guard(session).need(kind, place, OWNERSHIP)
    return lambda text: object_notes.comment(session, kind, place, text)


def _of_stage(session: Session, place: Place) -> Any:
    if not object_notes.stage_exists(session, place):
        return None
    Guard(session).need("STAGE", place, OWNERSHIP)
    return lambda text: object_notes.comment_stage(session, place, text)


def _of_kept(session: Session, kind: str, place: Place) -> Any:
    body = session.server.catalog.get(kind, place[:2], place[2])
    if body is None:
        return None
    Guard(session).need(kind, place, OWNERSHIP)

    def keep(text: str) -> None:
        if kind == "PROCEDURE":
            body["comment"] = text
        else:
            body["options"]["COMMENT"] = text
        session.server.catalog.put(kind, place[:2], place[2], body)

    return keep
