"""What the executor's statements read and write is granted to its role."""

import re
from pathlib import Path

from tests.house import tree

GRANTS = Path("sql/grants/A__grants_executor.sql")
MADE = re.compile(r"CREATE (?:OR REPLACE )?(?:TRANSIENT |SECURE )?(?:TABLE|VIEW) (?:IF NOT EXISTS )?(\w+)")
USED = re.compile(r"\b(?:from|join|into|using|update|table\()\s+(\w+)")
GRANTED = re.compile(r"GRANT [A-Z, ]+ ON (?:TABLE|VIEW) (\w+) ")


def executor_statements() -> set[str]:
    """The names of the statements that the executor's adapters speak of."""
    spoken = {text for path in tree.files(".py", ("executor/adapters",)) for text in tree.texts(tree.text(path))}
    return spoken & {path.stem for path in tree.files(".sql", ("sql/queries",))}


def ungranted(sql: str, objects: set[str], granted: set[str]) -> set[str]:
    code = re.sub(r"--.*", "", sql).lower()
    return objects.intersection(USED.findall(code)) - granted


def test_every_object_of_the_executors_statements_is_granted_to_its_role() -> None:
    objects = {name for path in tree.files(".sql", ("sql",)) for name in MADE.findall(tree.text(path))}
    granted = set(GRANTED.findall(tree.text(GRANTS)))
    statements = executor_statements()
    assert {"job_state", "report_pauses"} <= objects
    assert {"claim", "write_state", "commands"} <= statements
    lacking = {
        name: missing
        for name in sorted(statements)
        if (missing := ungranted(tree.text(Path(f"sql/queries/{name}.sql")), objects, granted))
    }
    assert lacking == {}


def test_an_object_without_a_grant_is_noticed() -> None:
    sql = "SELECT 1 FROM job_state JOIN report_pauses ON TRUE -- and installation"
    assert ungranted(sql, {"job_state", "report_pauses", "installation"}, {"job_state"}) == {"report_pauses"}
