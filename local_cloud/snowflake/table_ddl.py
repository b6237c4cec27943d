"""CREATE OR ALTER for tables, views, schemas and stages; SWAP WITH; what the engine cannot do."""

from typing import Any

import duckdb
from sqlglot import exp, parse_one

from local_cloud.snowflake.engine import run_statement
from local_cloud.snowflake.errors import not_supported
from local_cloud.snowflake.names import resolve
from local_cloud.snowflake.result import DONE, Result, status
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.sql_text import Reader, head


def create_or_alter(session: Session, sql: str, params: Any) -> Result:
    """CREATE OR ALTER TABLE | VIEW | SCHEMA | STAGE …: what is there keeps its data."""
    statement = parse_one(sql, read="snowflake")
    if not isinstance(statement, exp.Create):
        raise not_supported(f"CREATE OR ALTER of this kind: {sql[:60]}")
    kind = str(statement.args.get("kind")).upper()
    if kind == "TABLE" and isinstance(statement.this, exp.Schema):
        there = _columns(session, statement.this.this)
        if there:
            return _alter(session, statement.this, there)
    statement.set("replace", kind == "VIEW")
    statement.meta["keeps_grants"] = kind == "VIEW"
    statement.set("exists", kind in {"SCHEMA", "STAGE"})
    return run_statement(session, statement, params, sql)


def _columns(session: Session, table: exp.Table) -> list[str]:
    parts = tuple(_case(p) for p in table.parts if isinstance(p, exp.Identifier))
    database, schema, name = resolve(session, parts)
    sql = "SELECT column_name FROM duckdb_columns() WHERE database_name=? AND upper(schema_name)=? AND table_name=?"
    return [row[0] for row in session.engine.execute(sql, [database, schema.upper(), name]).fetchall()]


def _case(name: exp.Identifier) -> str:
    return name.name if name.quoted else name.name.upper()


def _alter(session: Session, declared: exp.Schema, there: list[str]) -> Result:
    table = declared.this
    wanted = {_case(c.this): c for c in declared.expressions if isinstance(c, exp.ColumnDef)}
    for name, column in wanted.items():
        if name not in there:
            added = exp.Alter(this=table.copy(), kind="TABLE", actions=[column.copy()])
            run_statement(session, added, None)
    for name in there:
        if name not in wanted:
            text = f'ALTER TABLE {table.sql("snowflake")} DROP COLUMN "{name}"'
            run_statement(session, parse_one(text, read="snowflake"), None)
    return status(f"{table.name.upper()} successfully altered.")


def swap(session: Session, sql: str, _params: Any) -> Result:
    """ALTER TABLE a SWAP WITH b: both names change places at once."""
    reader = Reader(sql)
    reader.expect("ALTER", "TABLE")
    first = resolve(session, reader.name())
    reader.expect("SWAP", "WITH")
    second = resolve(session, reader.name())
    if first[:2] != second[:2]:
        raise not_supported("SWAP WITH a table of another schema")
    session.commit_before_ddl()
    place, aside = f'"{first[0]}"."{first[1]}"', "_SWAPPED_ASIDE"
    tables, changes = {".".join(first), ".".join(second)}, session.server.changes
    with changes.writing(tables):
        session.engine.begin()
        try:
            for old, new in ((first[2], aside), (second[2], first[2]), (aside, second[2])):
                session.engine.execute(f'ALTER TABLE {place}."{old}" RENAME TO "{new}"')
            session.engine.commit()
        except duckdb.Error:
            session.engine.rollback()
            raise
        changes.record_made(tables)
    return status(DONE)


def refuse(_session: Session, sql: str, _params: Any) -> Result:
    """Statements whose effect the engine cannot have."""
    raise not_supported(head(sql, 4))
