"""ALTER TABLE … SET and UNSET of what means storage and retention only, and TRUNCATE of what may not be there."""

from typing import Any, Final

from sqlglot import exp, parse_one

from local_cloud.snowflake import object_notes
from local_cloud.snowflake.access_checks import Guard
from local_cloud.snowflake.comments import relation_kind
from local_cloud.snowflake.engine import run_statement
from local_cloud.snowflake.errors import missing, not_supported
from local_cloud.snowflake.names import resolve
from local_cloud.snowflake.privileges import OWNERSHIP
from local_cloud.snowflake.result import DONE, Result, status
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.sql_text import Reader

# Of these no answer here depends: nothing is kept beyond its deletion.
_HARMLESS: Final = frozenset(("DATA_RETENTION_TIME_IN_DAYS", "MAX_DATA_EXTENSION_TIME_IN_DAYS"))


def alter(session: Session, sql: str, params: Any) -> Result:
    """ALTER TABLE [IF EXISTS] name SET name = value … | UNSET name, …: retention changes nothing, COMMENT is kept.

    Raises:
        ProgrammingError: 002003 for a table that is not there, 000002 for any other setting.
    """
    reader = Reader(sql)
    reader.expect("ALTER", "TABLE")
    gently = reader.accept("IF", "EXISTS")
    place = resolve(session, reader.name())
    settings = _settings(reader)
    if unknown := set(settings) - _HARMLESS - {"COMMENT"}:
        raise not_supported(f"ALTER TABLE … SET or UNSET of {', '.join(sorted(unknown))}")
    if settings.get("COMMENT"):
        return run_statement(session, parse_one(sql, read="snowflake"), params, sql)
    session.commit_before_ddl()
    if place in session.temporary:
        return status(DONE)
    if relation_kind(session, place) == "TABLE":
        Guard(session).need("TABLE", place, OWNERSHIP)
        if "COMMENT" in settings:
            object_notes.comment(session, "TABLE", place, None)
    elif not gently:
        raise missing("table", ".".join(place))
    return status(DONE)


def _settings(reader: Reader) -> dict[str, bool]:
    """The names that are set (True) or unset."""
    found, is_set = dict[str, bool](), reader.accept("SET")
    if not is_set:
        reader.expect("UNSET")
    while not reader.done:
        found[reader.identifier()] = is_set
        if is_set and reader.accept("="):
            reader.word()
        elif is_set:
            reader.rest()  # as in SET TAG t = …, SET MASKING POLICY
        reader.accept(",")
    return found


def truncate(session: Session, sql: str, params: Any) -> Result:
    """TRUNCATE [TABLE] IF EXISTS name."""
    statement = parse_one(sql, read="snowflake")
    reader = Reader(sql)
    reader.expect("TRUNCATE")
    reader.accept("TABLE")
    reader.expect("IF", "EXISTS")
    place = resolve(session, reader.name())
    if not isinstance(statement, exp.TruncateTable) or not reader.done:
        reader.fail()
    if place not in session.temporary and relation_kind(session, place) != "TABLE":
        session.commit_before_ddl()
        return status("Statement executed successfully (object does not exist).")
    statement.set("exists", value=False)
    return run_statement(session, statement, params, sql)
