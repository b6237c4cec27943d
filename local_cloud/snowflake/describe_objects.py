"""DESCRIBE TABLE, VIEW, STAGE and TASK; SHOW PRIMARY KEYS and SHOW UNIQUE KEYS; SHOW TRANSACTIONS."""

import datetime as dt
import json
from typing import Any, Final

from local_cloud.snowflake import object_notes
from local_cloud.snowflake.access_checks import Guard, insufficient
from local_cloud.snowflake.comments import relation_kind
from local_cloud.snowflake.errors import missing
from local_cloud.snowflake.moment import default_as_declared
from local_cloud.snowflake.names import resolve
from local_cloud.snowflake.privileges import Place
from local_cloud.snowflake.result import Result, from_rows
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.show_text import read_show
from local_cloud.snowflake.sql_text import Reader
from local_cloud.snowflake.stage_options import inner
from local_cloud.snowflake.visibility import Sight

_DESCRIPTION: Final = (
    *("name", "type", "kind", "null?", "default", "primary key", "unique key", "check", "expression", "comment"),
    *("policy name", "privacy domain"),
)
_MOMENT: Final = "TIMESTAMP WITH TIME ZONE"


def describe_relation(session: Session, sql: str, _params: Any) -> Result:
    """DESCRIBE TABLE | VIEW name, also of a view of INFORMATION_SCHEMA."""
    reader = Reader(sql)
    reader.word()
    kind = reader.identifier()
    place = resolve(session, reader.name())
    reader.accept("TYPE", "=", "COLUMNS")
    if not reader.done:
        reader.fail()
    if place[1] in {"INFORMATION_SCHEMA", "_FS_INFORMATION_SCHEMA"}:
        return _of_information_schema(session, place)
    if place in session.temporary:
        place, found = ("temp", "main", place[2]), "TABLE"
    else:
        found = relation_kind(session, place)
    if not found:
        raise missing(kind, ".".join(place))
    if place[0] != "temp":
        Guard(session).need_any(found, place)
    rows = [
        (name, kind_text, "COLUMN", "Y" if nullable == "YES" else "N", default, *keys, None, None, comment, None, None)
        for name, kind_text, nullable, default, comment, *keys in columns_of(session, place)
    ]
    return from_rows(dict.fromkeys(_DESCRIPTION, "VARCHAR"), rows)


def columns_of(session: Session, place: Place) -> list[tuple[Any, ...]]:
    """(name, type, whether nullable, default, comment, primary key?, unique key?) of a table's or view's columns."""
    sql = """
        SELECT c.column_name, CASE
            WHEN c.data_type = 'NUMBER' THEN 'NUMBER(' || c.numeric_precision || ',' || c.numeric_scale || ')'
            WHEN c.data_type = 'TEXT' THEN 'VARCHAR(' || c.character_maximum_length || ')'
            WHEN c.data_type LIKE 'TIME%' THEN c.data_type || '(9)'
            WHEN c.data_type = 'BINARY' THEN 'BINARY(8388608)'
            ELSE c.data_type END, c.is_nullable, c.column_default, c.comment,
            CASE WHEN n.key_sequence IS NULL THEN 'N' ELSE 'Y' END, CASE WHEN n.is_unique THEN 'Y' ELSE 'N' END
        FROM _fs_global._fs_information_schema._fs_columns AS c LEFT JOIN _fs_global.main.column_notes AS n
            ON n.database_name = c.table_catalog AND n.schema_name = c.table_schema AND n.table_name = c.table_name
            AND n.column_name = c.column_name
        WHERE c.table_catalog = ? AND c.table_schema = ? AND c.table_name = ? ORDER BY c.ordinal_position
    """
    found = session.engine.execute(sql, list(place)).fetchall()
    return [(*row[:3], default_as_declared(row[3]), *row[4:]) for row in found]


def _of_information_schema(session: Session, place: Place) -> Result:
    names = {name.upper(): name for name in (place[2], f"_fs_{place[2]}", f"_FS_{place[2]}")}
    sql = "SELECT view_name FROM duckdb_views() WHERE database_name = ? AND schema_name = '_fs_information_schema'"
    Guard(session).enter(place[0], "")
    there = [row[0] for row in object_notes.read(session, sql, (place[0],)) if row[0].upper() in names]
    if not there:
        raise missing("view", ".".join(place))
    found = session.engine.execute(f'DESCRIBE "{place[0]}"._fs_information_schema."{there[0]}"').fetchall()
    types = {"TIMESTAMP WITH TIME ZONE": "TIMESTAMP_LTZ(9)", "VARCHAR": "VARCHAR(16777216)"}
    rows = [
        (name.upper(), types.get(kind, "NUMBER(38,0)"), "COLUMN", "Y", None, "N", "N", *[None] * 5)
        for name, kind, *_ in found
    ]
    return from_rows(dict.fromkeys(_DESCRIPTION, "VARCHAR"), rows)


def describe_stage(session: Session, sql: str, _params: Any) -> Result:
    """DESCRIBE STAGE name: where its files are, and of which type."""
    reader = Reader(sql)
    reader.word()
    reader.expect("STAGE")
    place = resolve(session, reader.name())
    if not object_notes.stage_exists(session, place):
        raise missing("stage", ".".join(place))
    Guard(session).need_any("STAGE", place)
    names = ("parent_property", "property", "property_type", "property_value", "property_default")
    kept = session.server.catalog.get("STAGE", place[:2], place[2]) or {}
    file_type = inner(kept.get("file_format") or "()").get("TYPE", "CSV").upper()
    rows = [
        ("STAGE_FILE_FORMAT", "TYPE", "String", file_type, "CSV"),
        ("STAGE_LOCATION", "URL", "String", json.dumps([kept["url"]]) if kept.get("url") else "", ""),
        ("DIRECTORY", "ENABLE", "Boolean", "false", "false"),
    ]
    return from_rows(dict.fromkeys(names, "VARCHAR"), rows)


def show_keys(session: Session, sql: str, _params: Any) -> Result:
    """SHOW PRIMARY KEYS | UNIQUE KEYS [IN …]: as declared; Snowflake does not enforce them."""
    kind = "PRIMARY" if Reader(sql).peek(1) == "PRIMARY" else "UNIQUE"
    database, schema, table = _scope_of_keys(session, sql)
    found = object_notes.read(
        session,
        """SELECT t.created_on, n.database_name, n.schema_name, n.table_name, n.column_name,
            coalesce(n.key_sequence, 1), 'SYS_CONSTRAINT_' || md5(n.database_name || n.schema_name || n.table_name),
            'false', NULL FROM _fs_global.main.column_notes AS n JOIN _fs_global.main.notes AS t ON t.kind = 'TABLE'
            AND t.database_name = n.database_name AND t.schema_name = n.schema_name AND t.name = n.table_name
            WHERE CASE ? WHEN 'PRIMARY' THEN n.key_sequence IS NOT NULL ELSE n.is_unique END
            AND n.database_name = coalesce(?, n.database_name)
            AND n.schema_name = coalesce(?, n.schema_name) AND n.table_name = coalesce(?, n.table_name)
            ORDER BY 2, 3, 4, 6""",
        (kind, database, schema, table),
    )
    names = ("database_name", "schema_name", "table_name", "column_name", "key_sequence", "constraint_name", "rely")
    columns = {"created_on": _MOMENT, **dict.fromkeys(names, "VARCHAR"), "key_sequence": "BIGINT", "comment": "VARCHAR"}
    sight = Sight(session)
    return from_rows(columns, [row for row in found if sight.sees("TABLE", (row[1], row[2], row[3]))])


def _scope_of_keys(session: Session, sql: str) -> tuple[str | None, str | None, str | None]:
    reader = Reader(sql)
    while reader.word().upper() != "KEYS":
        pass
    if reader.accept("IN", "TABLE") or (reader.peek() == "IN" and _names_table(session, sql)):
        reader.accept("IN")
        return resolve(session, reader.name())
    asked = read_show(session, sql, "KEYS")
    return asked.database, asked.schema, None


def _names_table(session: Session, sql: str) -> bool:
    reader = Reader(sql)
    while reader.word().upper() != "IN":
        pass
    if reader.peek() in {"ACCOUNT", "DATABASE", "SCHEMA"}:
        return False
    name = reader.name()
    return bool(session.database or len(name) == 3) and bool(relation_kind(session, resolve(session, name)))


def show_transactions(session: Session, sql: str, _params: Any) -> Result:
    """SHOW TRANSACTIONS [IN ACCOUNT]: what is open, of this user or of everybody.

    Raises:
        ProgrammingError: 003001 when a role asks for the whole account that does not see everything.
    """
    reader = Reader(sql)
    reader.expect("SHOW", "TRANSACTIONS")
    everybody = reader.accept("IN", "ACCOUNT")
    if not reader.done:
        reader.fail()
    if everybody and not Sight(session).everything:
        raise insufficient("account", "LOCAL")
    rows = []
    for other in dict.fromkeys(session.server.sessions.values()):
        found = other.transaction
        if found and (everybody or other.login.user == session.login.user):
            began = dt.datetime.fromtimestamp(found.id / 1e9, tz=dt.UTC)
            rows.append((found.id, other.login.user, int(other.session_id), str(found.id), began, "running", 0))
    columns = {"id": "BIGINT", "user": "VARCHAR", "session": "BIGINT", "name": "VARCHAR", "started_on": _MOMENT}
    return from_rows({**columns, "state": "VARCHAR", "scope": "BIGINT"}, rows)
