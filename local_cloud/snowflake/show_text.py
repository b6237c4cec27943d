"""SHOW … [LIKE 'pattern'] [IN {ACCOUNT | DATABASE [name] | SCHEMA [name] | name}] as data."""

from dataclasses import dataclass

from local_cloud.snowflake.session import Session
from local_cloud.snowflake.sql_text import Reader


@dataclass(frozen=True)
class Show:
    """What a SHOW asks for; None means everything."""

    pattern: str | None
    database: str | None
    schema: str | None


def read_show(session: Session, sql: str, plural: str) -> Show:
    """Read the statement; without IN the current schema is meant, as in Snowflake.

    Raises:
        ProgrammingError: 001003 for a syntax error.
    """
    reader = Reader(sql)
    while reader.word().upper() != plural:
        pass
    pattern = reader.word() if reader.accept("LIKE") else None
    database, schema = session.database, session.schema if session.schema_set else None
    if reader.accept("IN"):
        database, schema = _scope(session, reader)
    for words in (("STARTS", "WITH"), ("LIMIT",), ("ROOT", "ONLY")):
        if reader.accept(*words) and words[0] != "ROOT":
            reader.word()
    if not reader.done:
        reader.fail()
    return Show(pattern, database, schema)


def _scope(session: Session, reader: Reader) -> tuple[str | None, str | None]:
    if reader.accept("ACCOUNT"):
        return None, None
    if reader.accept("DATABASE"):
        return (session.database if reader.done else reader.name()[0]), None
    named = reader.accept("SCHEMA")
    if reader.done:
        return session.database, session.schema
    parts = reader.name()
    if len(parts) > 1:
        return parts[0], parts[1]
    if named or session.server.has_schema(session.database or "", parts[0]):
        return session.database, parts[0]
    return parts[0], None
