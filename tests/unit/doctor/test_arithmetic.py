"""Arithmetic of the shell, worked out as far as its variables are known."""

import pytest

from doctor.health_checks.arithmetic import worked_out

KNOWN = {"i": "3", "empty": "", "?": "7", "word": "abc", "secret": None}


@pytest.mark.parametrize(
    ("expression", "number"),
    [
        ("1 + 2 * 3", 7),
        ("i+1", 4),
        ("$i - ${i}", 0),
        ("$?", 7),
        ("empty + 1", 1),
        ("unset", 0),
        ("-7 / 2", -3),
        ("-7 % 2", -1),
        ("i == 3 && !0", 1),
        ("0 || i > 5", 0),
        ("(1 + 1) * 2", 4),
    ],
)
def test_what_is_known_is_worked_out_as_the_shell_does(expression: str, number: int) -> None:
    assert worked_out(expression, lambda name: KNOWN.get(name, "")) == number


@pytest.mark.parametrize(
    "expression",
    ["secret + 1", "word", "i++", "i = 4", "i += 1", "1 ? 2 : 3", "1 / 0", "2 ** 3", "1 <<", "f(1)", "9" * 300],
)
def test_what_is_unknown_or_changes_something_is_left_open(expression: str) -> None:
    assert worked_out(expression, lambda name: KNOWN.get(name, "")) is None
