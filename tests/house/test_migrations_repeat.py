"""Every statement of a migration may be said again: one that failed half-way is applied anew, from its beginning.

A deployment commits each statement by itself, so the statements before the one that was refused have been done.
"""

import re

import pytest

from tests.house import tree
from tests.house.test_sql_files import without_comments

MIGRATIONS = sorted(tree.files(".sql", ("sql/migrations",)))
REPEATABLE = re.compile(
    r"CREATE\s+(?:TRANSIENT\s+)?(?:TABLE|VIEW|STAGE|SEQUENCE)\s+IF\s+NOT\s+EXISTS\b"
    r"|ALTER\s+TABLE\s+\w+\s+(?:ADD\s+COLUMN\s+IF\s+NOT\s+EXISTS|DROP\s+COLUMN\s+IF\s+EXISTS)\b"
    r"|INSERT\s+INTO\b.*\bWHERE\s+NOT\s+EXISTS\b"
    r"|DROP\s+\w+\s+IF\s+EXISTS\b"
    r"|(?:GRANT|REVOKE)\b",
    re.IGNORECASE | re.DOTALL,
)


def faults(sql: str) -> list[str]:
    """The statements that would fail, or do something a second time, when they are said again."""
    plain = re.sub(r"'[^']*'", "''", without_comments(sql))
    said = (" ".join(statement.split()) for statement in plain.split(";"))
    return [statement for statement in said if statement and not REPEATABLE.match(statement)]


def test_every_statement_of_a_migration_may_be_repeated() -> None:
    assert len(MIGRATIONS) > 3
    assert {path.name: found for path in MIGRATIONS if (found := faults(tree.text(path)))} == {}


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE t (x INT)",
        "ALTER TABLE t ADD COLUMN x INT",
        "INSERT INTO t SELECT 1",
        "UPDATE t SET x = x + 1",
        "GRANT SELECT ON TABLE t TO ROLE r; DELETE FROM t",
    ],
)
def test_a_statement_that_may_not_be_repeated_is_noticed(sql: str) -> None:
    assert faults(sql) != []
