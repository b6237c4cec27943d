"""Every promise has a test that names it, and every test that names one names one that is made."""

import ast
import re
from collections.abc import Iterable
from pathlib import Path

from tests.house import tree

MADE = Path("tests/house/promises.txt")
NAMED = re.compile(r"^test_((?:p\d+_)+)")


def made(text: str) -> set[str]:
    """The promises on the list."""
    return {line.split()[0] for line in text.splitlines() if line.strip()}


def named_by(names: Iterable[str]) -> set[str]:
    """The promises that tests of these names prove."""
    found = (match for name in names if (match := NAMED.match(name)))
    return {part.upper() for match in found for part in match[1].split("_") if part}


def names_of_tests() -> list[str]:
    """The name of every test."""
    return [
        node.name
        for path in tree.files(".py", ("tests",))
        if path.name.startswith("test_")
        for node in ast.walk(ast.parse(tree.text(path)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    ]


def test_every_promise_has_a_test_and_every_named_promise_is_made() -> None:
    assert named_by(names_of_tests()) == made(tree.text(MADE))


def test_a_name_may_carry_several_promises_and_other_words_are_none() -> None:
    assert named_by(["test_p2_p17_x", "test_p5_y", "test_put_p9_z", "test_page"]) == {"P2", "P17", "P5"}
    assert made("P1   one thing\n\nP24  another\n") == {"P1", "P24"}
