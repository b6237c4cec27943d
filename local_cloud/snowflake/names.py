"""Dotted names made whole with the session's current database and schema."""

import re

from local_cloud.snowflake.errors import failure
from local_cloud.snowflake.session import Session


def resolve(session: Session, name: tuple[str, ...]) -> tuple[str, str, str]:
    """(database, schema, object) of a name of one to three parts.

    Raises:
        ProgrammingError: 090105 or 090106 without a current database or schema, 001003 for four parts.
    """
    if len(name) > 3:
        raise failure(1003, "42000", f"SQL compilation error:\nToo many parts in the name {'.'.join(name)}.")
    database = name[-3] if len(name) == 3 else session.database
    schema = name[-2] if len(name) >= 2 else session.schema
    if not database:
        raise failure(90105, "22000", _unplaced("database", "USE DATABASE"))
    if not schema or (len(name) == 1 and not session.schema_set):
        raise failure(90106, "22000", _unplaced("schema", "USE SCHEMA"))
    return database, schema, name[-1]


def _unplaced(kind: str, remedy: str) -> str:
    return f"This session does not have a current {kind}. Call '{remedy}', or use a qualified name."


def like(pattern: str | None, name: str) -> bool:
    """Whether SHOW … LIKE takes this name; letter case does not matter."""
    if pattern is None:
        return True
    wanted = "".join({"%": ".*", "_": "."}.get(sign, re.escape(sign)) for sign in pattern)
    return bool(re.fullmatch(wanted, name, re.IGNORECASE | re.DOTALL))
