"""SQL lives in .sql files. A string in our Python that starts like a statement is one in the wrong place.

Docstrings are prose and do not count. What must stay stands in ``STAYS`` with its reason; an entry that no longer
matches anything is itself a fault.
"""

import re

import pytest

from tests.house import tree

STATEMENT = re.compile(
    r"""\s*(?:
        (?i:select\b.*\bfrom\b|insert\s+into\b|merge\s+into\b|delete\s+from\b|with\s+\w+\s+as\s*\(|copy\s+into\b)
      | (?:SELECT|INSERT|UPDATE|MERGE|DELETE|CALL|PUT|GET|TRUNCATE|GRANT|REVOKE)\s+\S
      | (?:SHOW|DESCRIBE|DESC|EXECUTE|LIST|REMOVE)\s+\S
      | (?:CREATE|ALTER|DROP)\s+\w+
      | USE\s+(?:DATABASE|SCHEMA|WAREHOUSE|ROLE)
      | (?:BEGIN|COMMIT|ROLLBACK)\s*;?\s*$
    )""",
    re.VERBOSE | re.DOTALL,
)
# (path or folder, how the text starts or "") -> why it stays.
STAYS = {
    ("local_cloud/snowflake/", ""): "it is the database: it answers statements by rewriting them into its engine's",
    ("executor/deploy/snowflake.py", "PUT 'file://"): "PUT takes its path in the text; a path cannot be bound",
    ("executor/deploy/rights.py", "CREATE "): "the name of a right",
    ("executor/deploy/rights.py", "GRANT "): "shown to the user, not sent",
    (
        "runner/source.py",
        "SELECT SYSTEM$CANCEL",
    ): "the image of the runner carries none of sql/; one call of a function",
    ("runner/source.py", "SELECT CURRENT_TIMESTAMP"): "as above",
    ("executor/cli/recover.py", "CALL "): "shown to the user, not sent",
    ("executor/core/recover.py", "CALL "): "as above, made where it is known what is lost",
    ("doctor/checks/granted.py", "GRANT "): "shown to the user, not sent",
    ("doctor/checks/user.py", "ALTER USER "): "as above",
    ("doctor/explain/connection.py", "CALL "): "as above",
    ("doctor/explain/grant.py", "GRANT "): "as above",
    ("executor/cli/demo.py", ""): "shown to the user, not sent",
}


def statements(source: str) -> list[str]:
    return [text for text in tree.texts(source) if STATEMENT.match(text)]


def test_sql_lives_in_sql_files() -> None:
    found = [(path.as_posix(), sql) for path in tree.files(".py", tree.PACKAGES) for sql in statements(tree.text(path))]

    def stays(path: str, sql: str) -> list[tuple[str, str]]:
        return [(where, start) for where, start in STAYS if path.startswith(where) and sql.startswith(start)]

    assert [(path, sql) for path, sql in found if not stays(path, sql)] == []
    assert {reason for path, sql in found for reason in stays(path, sql)} == set(STAYS)


@pytest.mark.parametrize(
    "source",
    [
        "run('SELECT 1')",
        "run('select a from b')",
        "run(f'UPDATE {table} SET a = 1')",
        "run('''\n    INSERT INTO job_intake\n''')",
        "QUERY = 'MERGE INTO job_state USING x'",
        "run('CALL generate_daily_reports()')",
        "run('DROP TABLE job_state')",
        "run('COMMIT')",
    ],
)
def test_sql_in_python_is_noticed(source: str) -> None:
    assert len(statements(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        '"""SELECT is what a report is made of."""',
        'def f():\n    """INSERT INTO nothing."""',
        "say('select one of these')",
        "say(f'the statement {name} SELECT')",
        "method = 'PUT'",
        "say('CREATE')",
    ],
)
def test_prose_is_not_taken_for_sql(source: str) -> None:
    assert statements(source) == []
