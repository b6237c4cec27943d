"""GRANT and REVOKE read and applied."""

import re
from dataclasses import dataclass
from typing import Final

from local_cloud.snowflake.access_checks import Guard
from local_cloud.snowflake.errors import not_supported
from local_cloud.snowflake.names import resolve
from local_cloud.snowflake.privileges import ACCOUNT, ALL_OF, OWNERSHIP, Place, Privileges
from local_cloud.snowflake.procedure_ddl import family
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.sql_text import Reader, comma_separated

_OF_ACCOUNT: Final = frozenset(("WAREHOUSE", "INTEGRATION", "USER", "ROLE", "RESOURCE MONITOR"))
_TWO_WORDS: Final = frozenset(("RESOURCE", "FILE", "DYNAMIC", "MATERIALIZED", "EXTERNAL", "EVENT", "NETWORK"))

_GRANT_OPTION: Final = re.compile(r"\bWITH\s+GRANT\s+OPTION\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Grant:
    """What a GRANT or REVOKE says. `where` is "" for one object, else ALL or FUTURE of `scope`."""

    privileges: tuple[str, ...]
    kind: str
    place: Place
    where: str
    role: str


def read_grant(session: Session, sql: str) -> Grant:
    """Read a GRANT or REVOKE.

    Raises:
        ProgrammingError: 000002 for the grant option, 001003 for a syntax error, 090105 or 090106 for a name without
            database or schema.
    """
    reader = Reader(sql)
    reader.word()
    if reader.accept("GRANT", "OPTION", "FOR") or _GRANT_OPTION.search(sql):
        raise not_supported("WITH GRANT OPTION; let the owner grant, or a role with MANAGE GRANTS")
    if reader.accept("ROLE") or reader.accept("DATABASE", "ROLE"):
        granted = ".".join(reader.name())
        return Grant(("USAGE",), "ROLE", ("", "", granted), "", _grantee(reader))
    said = " ".join(reader.until("ON").split()).upper()
    privileges = tuple(part.strip() for part in said.split(","))
    reader.expect("ON")
    if reader.accept("ACCOUNT"):
        return Grant(privileges, "ACCOUNT", ACCOUNT, "", _grantee(reader))
    where = next((word for word in ("ALL", "FUTURE") if reader.accept(word)), "")
    kind = _kind(reader)
    if where:
        kind = kind.removesuffix("S")
        place = _scope(session, reader)
    else:
        place = _place(session, kind, reader)
    if privileges[0] in {"ALL", "ALL PRIVILEGES"}:
        privileges = tuple(ALL_OF.get(kind, ("USAGE",)))
    return Grant(privileges, kind, place, where, _grantee(reader))


def _kind(reader: Reader) -> str:
    word = reader.identifier()
    return f"{word} {reader.identifier()}" if word in _TWO_WORDS else word


def _scope(session: Session, reader: Reader) -> Place:
    reader.expect("IN")
    if reader.accept("DATABASE"):
        return reader.name()[0], "", ""
    reader.expect("SCHEMA")
    name = reader.name()
    return (name[0] if len(name) > 1 else session.database or ""), name[-1], ""


def _place(session: Session, kind: str, reader: Reader) -> Place:
    name = reader.name()
    if kind in _OF_ACCOUNT:
        return "", "", name[0]
    if kind == "DATABASE":
        return name[0], "", ""
    if kind == "SCHEMA":
        return (name[0] if len(name) > 1 else session.database or ""), name[-1], ""
    database, schema, bare = resolve(session, name)
    if kind in {"PROCEDURE", "FUNCTION"}:
        bare = f"{bare}({', '.join(family(text) for text in comma_separated(reader.group()))})"
    return database, schema, bare


def _grantee(reader: Reader) -> str:
    if not reader.accept("TO"):
        reader.expect("FROM")
    user = reader.accept("USER")
    if not user and not reader.accept("ROLE"):
        reader.accept("DATABASE", "ROLE")
    name = ".".join(reader.name())
    return f"USER {name}" if user else name


def apply(session: Session, found: Grant, *, give: bool) -> None:
    """Do what the statement says."""
    rights = session.server.privileges
    for privilege in found.privileges:
        if found.where == "FUTURE":
            rights.future(found.kind, found.place[:2], privilege, found.role, give=give)
            continue
        for place in _places(session, found):
            _apply_one(rights, found, place, privilege, give=give)


def _apply_one(rights: Privileges, found: Grant, place: Place, privilege: str, *, give: bool) -> None:
    if give and privilege == OWNERSHIP:
        rights.own(found.kind, place, found.role)
    elif give:
        rights.grant(found.kind, place, privilege, found.role)
    else:
        rights.revoke(found.kind, place, privilege, found.role)


def _places(session: Session, found: Grant) -> list[Place]:
    """The objects a grant is about: the one it names, or all that exist in its scope."""
    if not found.where:
        return [found.place]
    database, schema = found.place[:2]
    if found.kind in {"PROCEDURE", "TASK"}:
        return session.server.named(found.kind, database, schema or None)
    texts = {
        "TABLE": "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal AND database_name = ?",
        "VIEW": "SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal AND database_name = ?",
        "SCHEMA": "SELECT schema_name, '' FROM duckdb_schemas() WHERE NOT internal AND database_name = ?",
    }
    if found.kind not in texts:
        return []
    with session.server.engine.cursor() as engine:
        rows = engine.execute(texts[found.kind], [database]).fetchall()
    return [(database, s, name) for s, name in rows if (not schema or s == schema) and not s.startswith("_FS")]


def refuse_granting(session: Session, found: Grant) -> None:
    """Only an object's owner, or who has MANAGE GRANTS, grants and revokes.

    Raises:
        ProgrammingError: 003001 for others, 002003 when they may not even see the object.
    """
    guard = Guard(session)
    if guard.may("ACCOUNT", ACCOUNT, "MANAGE GRANTS"):
        return
    if found.where:
        guard.need("SCHEMA" if found.place[1] else "DATABASE", found.place, OWNERSHIP)
    else:
        guard.need("TABLE" if found.kind == "VIEW" else found.kind, found.place, OWNERSHIP)
