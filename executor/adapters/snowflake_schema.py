"""Whether the schema is as new as the executor: its tables have every column that the migrations give them.

An executor beside an older schema would start, claim, and fail at the first statement that writes a newer column.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Final

EXECUTORS_TABLES: Final = frozenset(
    {
        "INSTALLATION",
        "JOB_ARCHIVE",
        "JOB_EVENTS",
        "JOB_INTAKE",
        "JOB_RESULTS",
        "JOB_STATE",
        "REPORT_TYPES",
        "TYPE_STATE",
    }
)
"""What is granted to the executor's role; the database does not show it any other table."""

_CHECKED: Final = "INSTALLATION"
"""It has been read by then; where even this one is not seen, what is seen says nothing."""

_MADE: Final = re.compile(
    r"CREATE (?:TRANSIENT )?TABLE IF NOT EXISTS (?P<made>\w+)"
    r"|ALTER TABLE (?P<altered>\w+) ADD COLUMN IF NOT EXISTS (?P<column>\w+)"
)


def lacking(seen: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """What is not there, by the migration that adds it.

    A table of the first migration that is not seen at all was dropped, or the database does not show it to the role:
    that is not an older schema, and the statement that needs it says so in its own words.

    Args:
        seen: table and column of what is there, in capitals.
    """
    columns = set(seen)
    there = columns | {(table, "") for table, _ in columns}
    first = min(migration for migration, *_ in _added())
    unseen = {table for migration, table, _ in _added() if migration == first and (table, "") not in there}
    if _CHECKED in unseen:
        return {}
    found: dict[str, list[str]] = {}
    for migration, table, column in _added():
        if (table, column) not in there and table not in unseen:
            found.setdefault(migration, []).append(f"{table}.{column}".rstrip("."))
    return found


@cache
def _added() -> tuple[tuple[str, str, str], ...]:
    return tuple(sorted(_of_migrations()))


def _of_migrations() -> Iterator[tuple[str, str, str]]:
    """Migration, table, and column; without a column it is the table as a whole."""
    for migration in files("sql").joinpath("migrations").iterdir():
        if migration.name.endswith(".sql"):
            for made in _MADE.finditer(migration.read_text(encoding="utf-8")):
                table = (made["made"] or made["altered"]).upper()
                if table in EXECUTORS_TABLES:
                    yield migration.name, table, (made["column"] or "").upper()
