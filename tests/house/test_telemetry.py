"""The page on telemetry knows every action of the log with its level, and every metric."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from executor.core.metrics import FORMS
from tests.house import tree
from tests.house.test_documents import rows

PAGE = Path("docs/reference/telemetry.md")
LEVELS = {"info": "info", "warning": "warning", "error": "error", "exception": "error"}


def actions(source: str) -> Iterator[tuple[str, str]]:
    """Every action that is logged here, with its level."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name("log"), attr=level), keywords=named) if level in LEVELS:
                given = {part.arg: part.value for part in named}
                action = given.get("action")
                chosen = [action.body, action.orelse] if isinstance(action, ast.IfExp) else [action]
                for name in chosen:
                    yield str(name.value if isinstance(name, ast.Constant) else None), LEVELS[level]


def bare(source: str) -> list[str]:
    """Actions of lines that name a job without its attempt and its trace."""
    return [
        ast.unparse(node)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).startswith("log.")
        and any(part.arg == "job_id" and ast.unparse(part.value) == "job.job_id" for part in node.keywords)
    ]


def logged() -> set[tuple[str, str]]:
    return {found for path in tree.files(".py", ("executor",)) for found in actions(tree.text(path))}


def test_every_line_of_the_executor_has_an_action_of_its_own_text() -> None:
    assert "None" not in {name for name, _ in logged()}


def test_every_line_about_a_job_carries_its_attempt_and_its_trace() -> None:
    paths = list(tree.files(".py", ("executor",)))
    assert {str(path): found for path in paths if (found := bare(tree.text(path)))} == {}


def test_a_line_that_names_a_job_alone_is_noticed() -> None:
    line = "log.info('x', action='x', job_id=job.job_id)"
    assert bare(f"{line}\nlog.info('y', action='y', **job.marks)") == [line]


def test_every_action_is_on_the_page_with_its_level() -> None:
    told = {(name, level) for name, level, _ in rows(tree.text(PAGE), "## Log")[1:]}
    assert told == logged() | {("metrics", "none")}


def test_every_metric_is_on_the_page_with_unit_and_dimension() -> None:
    told = [tuple(cells[:3]) for cells in rows(tree.text(PAGE), "## Metrics")[1:]]
    assert told == [(str(metric), form.unit, form.dimension or "none") for metric, form in FORMS.items()]


def test_a_line_without_an_action_is_noticed() -> None:
    source = 'log.info("x")\nlog.exception("y", action="y_fault")\nother.info("z")'
    assert list(actions(source)) == [("None", "info"), ("y_fault", "error")]


@pytest.mark.parametrize(
    ("check", "line"),
    [
        (test_every_action_is_on_the_page_with_its_level, "| `claimed` | info |"),
        (test_every_metric_is_on_the_page_with_unit_and_dimension, "| `QueueAge` | Seconds |"),
    ],
)
def test_a_page_that_says_something_else_is_noticed(
    monkeypatch: pytest.MonkeyPatch, check: Callable[[], None], line: str
) -> None:
    real = tree.text
    assert line in real(PAGE)
    monkeypatch.setattr(tree, "text", lambda path: real(path).replace(line, "| `else` | else |"))
    with pytest.raises(AssertionError):
        check()
