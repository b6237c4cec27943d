"""A migration only adds, because the version before it still runs while it is applied, and after it.

What takes something away is for later: it says in its header, after ``Post:``, since which version nobody reads what
goes. Migrations are numbered, forward only, and never changed once they are listed in ``migrations.txt``: schemachange
applies each once and would not notice.
"""

import hashlib
import re
from pathlib import Path

import pytest

from tests.house import tree
from tests.house.test_sql_files import without_comments

FOLDER = "sql/migrations"
APPLIED = Path("tests/house/migrations.txt")
POST = re.compile(r"^-- Post: \S.{15,}$", re.MULTILINE)
TAKES_AWAY = re.compile(r"\b(?:DROP|RENAME|TRUNCATE|SWAP|DELETE|REVOKE|UNSET)\b|\bOR\s+REPLACE\b", re.IGNORECASE)
CHANGES_COLUMN = re.compile(r"\b(?:ALTER|MODIFY)\s+(?:COLUMN\s+)?\w+\s+(?:SET|TYPE|DROP)\b", re.IGNORECASE)
ADDS_COLUMN = re.compile(r"\bADD\s+COLUMN\b", re.IGNORECASE)


def faults(sql: str) -> list[str]:
    """The statements that would trip the version that runs: it names columns, and leaves out those it does not know."""
    if POST.search(sql):
        return []
    plain = re.sub(r"'[^']*'", "''", without_comments(sql))
    found = []
    for statement in (" ".join(one.split()) for one in plain.split(";")):
        said = statement.upper()
        needs_a_value = ADDS_COLUMN.search(statement) and "NOT NULL" in said and "DEFAULT" not in said
        if needs_a_value or TAKES_AWAY.search(statement) or CHANGES_COLUMN.search(statement):
            found.append(statement)
    return found


def unnamed_columns(sql: str) -> list[str]:
    """Where a statement fills the columns of a table in the order that they happen to have; rows are read by name."""
    plain = re.sub(r"'[^']*'", "''", without_comments(sql))
    return re.findall(r"\bINSERT\s+INTO\s+\w+\s+(?!\()\S+", plain, re.IGNORECASE)


def digest(path: Path) -> str:
    return hashlib.sha256(tree.text(path).encode()).hexdigest()[:16]


def test_migrations_only_add() -> None:
    paths = sorted(tree.files(".sql", (FOLDER,)))
    assert len(paths) > 3
    assert {path.name: found for path in paths if (found := faults(tree.text(path)))} == {}


def test_a_migration_that_was_applied_somewhere_is_never_changed() -> None:
    listed = dict(line.split() for line in tree.text(APPLIED).splitlines())
    assert {name: digest(Path(FOLDER, name)) for name in listed} == listed


def test_no_two_migrations_share_a_number() -> None:
    numbers = [path.name.split("__")[0] for path in tree.files(".sql", (FOLDER,))]
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize("path", sorted(tree.files(".sql", ("sql/queries",))), ids=lambda path: path.stem)
def test_p20_a_statement_names_its_columns_so_that_a_column_more_changes_nothing(path: Path) -> None:
    assert unnamed_columns(tree.text(path)) == []


def test_p20_columns_that_nobody_named_are_noticed() -> None:
    assert unnamed_columns("-- Q\n-- Params: -\nINSERT INTO t SELECT 1") != []
    assert unnamed_columns("-- Q\n-- Params: -\nINSERT INTO t (x) SELECT COUNT(*) FROM u") == []


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE IF EXISTS t",
        "ALTER TABLE t DROP COLUMN IF EXISTS x",
        "ALTER TABLE t RENAME COLUMN x TO y",
        "ALTER TABLE t ADD COLUMN IF NOT EXISTS x INT NOT NULL",
        "ALTER TABLE t ALTER COLUMN x SET DATA TYPE STRING",
        "ALTER TABLE t ALTER x TYPE STRING",
        "ALTER TABLE t MODIFY COLUMN x SET NOT NULL",
        "CREATE OR REPLACE TABLE t (x INT)",
        "SELECT 1; DELETE FROM t",
    ],
)
def test_what_would_trip_the_running_version_is_noticed(sql: str) -> None:
    assert faults(sql) != []
    assert faults("-- Post: nobody has read it since 0.2, which is two releases ago.\n" + sql) == []


def test_a_column_that_may_be_left_out_is_an_addition() -> None:
    assert faults("ALTER TABLE t ADD COLUMN x INT; ALTER TABLE t ADD COLUMN y INT NOT NULL DEFAULT 0;") == []
    assert faults("CREATE TABLE IF NOT EXISTS t (x INT NOT NULL) COMMENT = 'DROP nothing'") == []
