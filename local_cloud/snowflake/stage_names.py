"""What `@stage/path` names."""

import re
from typing import Final

from local_cloud.snowflake.errors import COMPILATION, failure, not_supported
from local_cloud.snowflake.names import resolve
from local_cloud.snowflake.privileges import Place
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.sql_text import Reader

_STAGE: Final = re.compile(r"@((?:\"[^\"]+\"|[\w$%]+)(?:\.(?:\"[^\"]+\"|[\w$]+)){0,2})(?:/(.*))?$", re.DOTALL)


def is_of_table(reference: str) -> bool:
    """Whether this is a table's own stage, `@%table`."""
    return reference.strip("' ").startswith("@%")


def refuse_users_own(reference: str) -> None:
    """Refuse `@~`, the stage that each user has.

    Raises:
        ProgrammingError: 000002.
    """
    if reference.strip("' ").startswith("@~"):
        raise not_supported("user stages (@~); create a stage")


def read_reference(session: Session, reference: str, at: tuple[str, str] | None = None) -> tuple[Place, str]:
    """(place of the stage, path within it) of `@stage/path`; of `@%table` the place is the table's.

    Args:
        session: whose current database and schema complete the name.
        reference: with or without quotes around it.
        at: database and schema that complete the name instead.

    Raises:
        ProgrammingError: 001003 for what is no stage reference, 000002 for a user's own stage.
    """
    refuse_users_own(reference)
    found = _STAGE.match(reference.strip().strip("'"))
    if not found:
        raise failure(1003, "42000", f"{COMPILATION}'{reference}' names no stage; write @stage/path.")
    name = Reader(found[1].replace("%", "")).name()
    if at and len(name) < 3:
        name = (*at, *name)[-3:] if len(name) == 1 else (at[0], *name)
    return resolve(session, name), found[2] or ""
