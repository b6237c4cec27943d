"""DDL: may the role do it, and who owns what came of it."""

from collections.abc import Iterator
from typing import Final

from sqlglot import Expr, exp

from local_cloud.snowflake import ddl_notes
from local_cloud.snowflake.access_checks import Guard, insufficient, place_of
from local_cloud.snowflake.privileges import OWNERSHIP, Place
from local_cloud.snowflake.session import Session

_KINDS: Final = frozenset(("TABLE", "VIEW", "SCHEMA", "STAGE"))


def _targets(session: Session, statement: Expr) -> Iterator[tuple[str, Place]]:
    """(kind, place) of everything a DDL statement names; a stage's and a schema's kind is their own."""
    kind = str(statement.args.get("kind") or "").upper()
    named = statement.args.get("tables") or [statement.this]
    for found in named if kind in _KINDS else ():
        target = found.this if isinstance(found, exp.Schema) else found
        if isinstance(target, exp.Table):
            yield kind, _schema_place(session, target) if kind == "SCHEMA" else place_of(session, target)


def _schema_place(session: Session, target: exp.Table) -> Place:
    # `db.s` of a schema parses as a table without a name of its own
    parts = [p.name if p.quoted else p.name.upper() for p in target.parts if isinstance(p, exp.Identifier)]
    return (parts[0] if len(parts) > 1 else session.database or "", parts[-1], "")


def check_ddl(session: Session, statement: Expr) -> None:
    """CREATE wants its privilege on what holds the new object; DROP, ALTER and COMMENT want ownership.

    Raises:
        ProgrammingError: 002003 or 003001.
    """
    guard = Guard(session, creating=isinstance(statement, exp.Create))
    for kind, place in _targets(session, statement):
        if not isinstance(statement, exp.Create):
            if not statement.args.get("exists") or guard.held(kind, place):
                guard.need(kind, place, OWNERSHIP)
        elif kind == "SCHEMA":
            guard.enter(place[0], "")
            if not guard.may("DATABASE", (place[0], "", ""), "CREATE SCHEMA"):
                raise insufficient("database", place[0])
        elif _is_temporary(statement):
            guard.enter(*place[:2])
        else:
            guard.need_to_create(kind, *place[:2])
            if statement.args.get("replace") and session.server.privileges.has_owner(kind, place):
                Guard(session).need(kind, place, OWNERSHIP)


def tables_of(session: Session, statement: Expr) -> set[str]:
    """The tables that a DDL statement makes, alters or drops, as `DB.SCHEMA.TABLE`."""
    return {".".join(place) for kind, place in _targets(session, statement) if kind == "TABLE"}


def note_ddl(session: Session, statement: Expr, text: str) -> None:
    """Record what was made, its owner and its text; forget what was dropped, and its grants."""
    rights = session.server.privileges
    targets = list(_targets(session, statement))
    if not _is_temporary(statement):
        ddl_notes.note(session, statement, [t for t in targets if t[1] not in session.temporary], text)
    for kind, place in targets:
        if isinstance(statement, exp.Drop):
            rights.forget(kind, place)
            session.temporary.discard(place)
            if kind == "SCHEMA":
                session.server.forget_schema(*place[:2])
        elif isinstance(statement, exp.Create):
            if _is_temporary(statement):
                session.temporary.add(place)
            elif not (rights.has_owner(kind, place) and (statement.args.get("exists") or _keeps_grants(statement))):
                rights.created(kind, place, session.acting_role)


def _is_temporary(create: Expr) -> bool:
    return create.find(exp.TemporaryProperty) is not None


def _keeps_grants(create: Expr) -> bool:
    return bool(create.meta.get("keeps_grants")) or create.find(exp.CopyGrantsProperty) is not None
