"""ALTER TABLE that declares the length of a text: the engine keeps checks only of tables as they were created.

So the table is made anew with its checks changed.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlglot import Expr, exp

from local_cloud.snowflake.access_checks import place_of
from local_cloud.snowflake.errors import failure
from local_cloud.snowflake.privileges import Place
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.text_lengths import check_of

_ASIDE = "_MADE_ANEW"


def declared_texts(statement: Expr) -> dict[str, exp.DataType]:
    """The columns whose type an ALTER TABLE declares as text or binary, with or without a length."""
    found: dict[str, exp.DataType] = {}
    for action in (statement.args.get("actions") or []) if isinstance(statement, exp.Alter) else []:
        kind = action.args.get("dtype") if isinstance(action, exp.AlterColumn) else action.args.get("kind")
        is_new = isinstance(action, exp.ColumnDef)
        if isinstance(kind, exp.DataType) and (check_of("", kind) or not is_new):
            found[_case(action.this)] = kind
    return found


@contextmanager
def checked_anew(session: Session, statement: Expr) -> Iterator[None]:
    """Around an ALTER TABLE, within a transaction: the table's checks become those that it declares."""
    columns = declared_texts(statement)
    if not columns:
        yield
        return
    place = place_of(session, statement.this)
    there = columns_of(session, place)
    before = {name: there[name] for name in columns if there.get(name)}
    for name, kind in columns.items():
        _refuse_if_longer(session, place, check_of(name, kind) if name in there else None)
    if before:
        _make_anew(session, place, dict.fromkeys(columns))
    try:
        yield
        checks = {name: check_of(name, kind) for name, kind in columns.items()}
        if any((checks | before).values()):
            _make_anew(session, place, before | checks)
    except BaseException:
        if before:
            _make_anew(session, place, before)
        raise


def _case(name: Expr) -> str:
    found = name.find(exp.Identifier)
    return found.name if found is not None and found.quoted else name.name.upper()


def _engine_place(session: Session, place: Place) -> Place:
    return ("temp", "main", place[2]) if place in session.temporary else place


def columns_of(session: Session, place: Place) -> dict[str, str | None]:
    """The columns of a table, and how each is checked."""
    sql = """SELECT c.column_name, any_value(k.expression) FROM duckdb_columns() AS c
        LEFT JOIN duckdb_constraints() AS k ON k.constraint_type = 'CHECK' AND k.database_name = c.database_name
            AND k.schema_name = c.schema_name AND k.table_name = c.table_name
            AND list_contains(k.constraint_column_names, c.column_name)
        WHERE c.database_name = ? AND c.schema_name = ? AND c.table_name = ? GROUP BY 1"""
    return dict(session.engine.execute(sql, list(_engine_place(session, place))).fetchall())


def _refuse_if_longer(session: Session, place: Place, check: str | None) -> None:
    where = '"{}"."{}"."{}"'.format(*_engine_place(session, place))
    longer = f"SELECT 1 FROM {where} WHERE NOT ({check}) LIMIT 1"  # noqa: S608  names that are quoted, our own condition
    if check and session.engine.execute(longer).fetchone():
        raise failure(100078, "22000", "String is too long and would be truncated: the table holds longer ones")


def _make_anew(session: Session, place: Place, checks: Mapping[str, str | None]) -> None:
    database, schema, name = _engine_place(session, place)
    sql = "SELECT sql FROM duckdb_tables() WHERE database_name = ? AND schema_name = ? AND table_name = ?"
    found = session.engine.execute(sql, [database, schema, name]).fetchone()
    if found is None:
        return  # the statement itself tells that there is no such table
    body = found[0][found[0].index("(") :].rstrip().removesuffix(";").removesuffix(")")
    for column in checks:
        spelled = rf'(?:{re.escape(column)}|"{re.escape(column)}")'
        body = re.sub(rf", CHECK\(\((?:octet_)?length\({spelled}\) <= \d+\)\)", "", body)
    more = "".join(f", CHECK ({check})" for check in checks.values() if check)
    where, kind = (f'"{database}"."{schema}".', "TABLE") if database != "temp" else ("", "TEMPORARY TABLE")
    session.engine.begin()
    try:
        session.engine.execute(f'CREATE {kind} {where}"{_ASIDE}" {body}{more})')
        session.engine.execute(f'INSERT INTO {where}"{_ASIDE}" FROM {where}"{name}"')
        session.engine.execute(f'DROP TABLE {where}"{name}"')
        session.engine.execute(f'ALTER TABLE {where}"{_ASIDE}" RENAME TO "{name}"')
        session.engine.commit()
    except BaseException:
        session.engine.rollback()
        raise
