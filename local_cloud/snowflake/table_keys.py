"""Keys added to a table that is there: declarations, kept and told and not enforced, as those of CREATE are."""

from typing import Any

from sqlglot import Expr, exp, parse_one

from local_cloud.snowflake import object_notes
from local_cloud.snowflake.access_checks import Guard, place_of
from local_cloud.snowflake.comments import relation_kind
from local_cloud.snowflake.errors import COMPILATION, failure, missing, not_supported
from local_cloud.snowflake.names import resolve
from local_cloud.snowflake.privileges import OWNERSHIP, Place
from local_cloud.snowflake.result import DONE, Result, status
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.sql_text import Reader, head


def add(session: Session, sql: str, _params: Any) -> Result:
    """ALTER TABLE [IF EXISTS] name ADD [CONSTRAINT name] PRIMARY KEY | UNIQUE | FOREIGN KEY (…) ….

    Raises:
        ProgrammingError: 002003 for a table and 000904 for a column that is not there, 002213 for a second primary key.
    """
    statement = parse_one(sql, read="snowflake")
    keys = list(statement.find_all(exp.PrimaryKey, exp.UniqueColumnConstraint, exp.ForeignKey))
    if not isinstance(statement, exp.Alter) or not isinstance(statement.this, exp.Table) or len(keys) != 1:
        raise not_supported(head(sql))
    place = place_of(session, statement.this)
    if place in session.temporary or not _may_alter(session, place, gently=bool(statement.args.get("exists"))):
        return status(DONE)
    key = keys[0]
    names = _names(session, place, key)
    is_primary = isinstance(key, exp.PrimaryKey)
    if is_primary and object_notes.has_key(session, place):  # the number is from memory
        raise failure(2213, "42601", f"{COMPILATION}Primary key already exists for table '{place[2]}'.")
    if not isinstance(key, exp.ForeignKey):
        object_notes.note_key(session, place, names, is_primary=is_primary)
    return status(DONE)


def drop(session: Session, sql: str, _params: Any) -> Result:
    """ALTER TABLE [IF EXISTS] name DROP PRIMARY KEY; other keys are not kept by their names."""
    reader = Reader(sql)
    reader.expect("ALTER", "TABLE")
    gently = reader.accept("IF", "EXISTS")
    place = resolve(session, reader.name())
    reader.expect("DROP")
    if not reader.accept("PRIMARY", "KEY"):
        raise not_supported("ALTER TABLE … DROP of a key other than PRIMARY KEY")
    if place not in session.temporary and _may_alter(session, place, gently=gently):
        object_notes.forget_key(session, place)
    return status(DONE)


def _may_alter(session: Session, place: Place, *, gently: bool) -> bool:
    """Whether the table is there, for a role that owns it; its open transaction ends."""
    session.commit_before_ddl()
    if relation_kind(session, place) != "TABLE":
        if gently:
            return False
        raise missing("table", ".".join(place))
    Guard(session).need("TABLE", place, OWNERSHIP)
    return True


def _names(session: Session, place: Place, key: Expr) -> list[str]:
    listed = key.this if isinstance(key, exp.UniqueColumnConstraint) else key
    named = [name for part in listed.expressions for name in [part.find(exp.Identifier)] if name is not None]
    names = [name.name if name.quoted else name.name.upper() for name in named]
    sql = "SELECT column_name FROM duckdb_columns() WHERE database_name = ? AND schema_name = ? AND table_name = ?"
    there = {row[0] for row in object_notes.read(session, sql, place)}
    for name in names:
        if name not in there:
            raise failure(904, "42000", f"{COMPILATION}error line 1 at position 0\ninvalid identifier '{name}'")
    return names
