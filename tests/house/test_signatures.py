"""What callers build on: procedures, tasks and views as released, and the comments by which roles are known again.

``signatures.txt`` holds a line for each; lines are added, never changed or taken away. A further argument would make
an overload that Snowflake refuses as ambiguous, so new knobs go into ``options``.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import sqlglot
from sqlglot import exp

from tests.house import tree

RELEASED = Path("tests/house/signatures.txt")
PROCEDURE = re.compile(r"CREATE OR REPLACE PROCEDURE (\w+)\((.*)\)\n.*?RETURNS (\w+)\n", re.DOTALL)
HANDLER = re.compile(r"HANDLER = 'snowpark_procs\.handlers\.(\w+)'")
ROLE = re.compile(r"CREATE ROLE IF NOT EXISTS (\w+) COMMENT = '([^']*)'")
TASK = re.compile(r"CREATE OR ALTER TASK (\w+).*?SCHEDULE = '([^']+)'.*?\bAS\s+(.+?);", re.DOTALL)


def declared(sql: str) -> Iterator[str]:
    for name, arguments, answer in PROCEDURE.findall(sql):
        yield f"procedure {name}({' '.join(arguments.split())}) returns {answer}"
    for name, comment in ROLE.findall(sql):
        yield f"role {name}: {comment}"
    for name, schedule, statement in TASK.findall(sql):
        yield f"task {name}: {schedule}: {' '.join(statement.split())}"
    if re.search(r"^CREATE OR REPLACE (?:SECURE )?VIEW", sql, re.MULTILINE):
        view = sqlglot.parse_one(sql, dialect="snowflake")
        select = view.find(exp.Select)
        assert select is not None
        yield from (f"view {view.this.name}: {column}" for column in select.named_selects)


def argument_names(signature: str) -> list[str]:
    """The names in ``a STRING, b OBJECT DEFAULT f(1, 2)``: commas inside brackets part nothing."""
    arguments = re.sub(r"\([^()]*\)", "", signature)
    return [part.split()[0] for part in arguments.split(",") if part.strip()]


def handler_faults(sql: str, handlers: str) -> list[str]:
    functions = {node.name: node.args for node in ast.parse(handlers).body if isinstance(node, ast.FunctionDef)}
    procedure, handler = PROCEDURE.search(sql), HANDLER.search(sql)
    assert procedure is not None
    if handler is None or handler.group(1) not in functions:
        return [f"{procedure.group(1)}: its handler is not in snowpark_procs/handlers.py"]
    taken = [argument.arg for argument in functions[handler.group(1)].args]
    given = ["session", *argument_names(procedure.group(2))]
    return [] if taken == given else [f"{procedure.group(1)}: given {given}, its handler takes {taken}"]


def all_declared(paths: Iterable[Path]) -> list[str]:
    return sorted(line for path in paths for line in declared(tree.text(path)))


def test_what_was_released_is_still_there_and_what_is_there_is_listed() -> None:
    assert all_declared(tree.files(".sql", ("sql",))) == sorted(tree.text(RELEASED).splitlines())


def test_handlers_take_what_their_procedures_are_given() -> None:
    handlers = tree.text(Path("snowpark_procs/handlers.py"))
    procedures = list(tree.files(".sql", ("sql/procedures",)))
    assert procedures != []
    assert [fault for path in procedures for fault in handler_faults(tree.text(path), handlers)] == []


def test_a_changed_signature_is_noticed() -> None:
    sql = "CREATE OR REPLACE PROCEDURE f(a STRING, b OBJECT DEFAULT g(1, 2))\n    RETURNS VARIANT\n"
    assert list(declared(sql)) == ["procedure f(a STRING, b OBJECT DEFAULT g(1, 2)) returns VARIANT"]
    assert list(declared(sql.replace("a STRING", "a DATE"))) != list(declared(sql))
    handler = sql + "    HANDLER = 'snowpark_procs.handlers.f'\n"
    assert handler_faults(handler, "def f(session, a, b): ...") == []
    assert handler_faults(handler, "def f(session, b, a): ...") != []
    assert handler_faults(handler, "def g(session, a, b): ...") != []


def test_a_changed_comment_of_a_role_is_noticed() -> None:
    # A deployment beside one of another version takes roles of other comments for somebody else's.
    assert list(declared("CREATE ROLE IF NOT EXISTS r COMMENT = 'Ours.'\n")) == ["role r: Ours."]


def test_a_changed_task_or_view_is_noticed() -> None:
    task = "CREATE OR ALTER TASK t\n    SCHEDULE = 'USING CRON 0 6 * * * UTC'\nAS\n    CALL f();\n"
    assert list(declared(task)) == ["task t: USING CRON 0 6 * * * UTC: CALL f()"]
    view = "CREATE OR REPLACE VIEW v\n    COMMENT = 'x'\nAS\nWITH w AS (SELECT 1 AS z)\nSELECT t.a, 1 AS b FROM t"
    assert list(declared(view)) == ["view v: a", "view v: b"]
