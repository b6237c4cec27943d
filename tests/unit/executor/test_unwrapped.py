"""A text says the same whatever carried it: terminals, JSON, HTML, tables, mail."""

import html
import json
import textwrap
from collections.abc import Callable

import pytest

from executor.causes import load
from executor.core.classify import classify
from executor.core.families import Family
from executor.core.unwrapped import told_apart, unwrapped

CATALOGUE = load()
SAID = (
    "ERROR: An error occurred (InvalidParameterException) when calling the RunTask operation: Error retrieving subnet "
    "information for [subnet-0a1b2c]: The subnet ID 'subnet-0a1b2c' does not exist "
    '(ErrorCode: "InvalidSubnetID.NotFound")'
)


def hard(width: int) -> str:
    return "\n".join(SAID[at : at + width] for at in range(0, len(SAID), width))


CARRIED: dict[str, Callable[[], str]] = {
    "html": lambda: f"<pre><code>{html.escape(SAID)}</code></pre>",
    "a string of json": lambda: json.dumps(SAID),
    "json in json": lambda: json.dumps({"log": json.dumps({"level": "error", "message": SAID})}),
    "escaped lines": lambda: f"started\\nlistening\\n{SAID}",
    "curly quotation marks": lambda: SAID.replace("'", "\u2019").replace('"', "\u201d"),
    "spaces that do not break": lambda: SAID.replace(" ", "\u00a0"),
    "a terminal that breaks words": lambda: hard(80),
    "lines of words": lambda: "\n".join(textwrap.wrap(SAID, 60)),
    "hyphens": lambda: SAID.replace("information", "informa-\ntion"),
    "a table": lambda: f"| 2026-11-22 | {SAID} |",
    "marks": lambda: f"**{SAID}**",
    "the level of another program": lambda: f"[2026-11-22, 10:00:00 UTC] {{pod_manager.py:479}} INFO - [base] {SAID}",
    "what says that it ended": lambda: f"{SAID}\nERROR: Job failed: exit code 1",
}


@pytest.mark.parametrize("carrier", CARRIED)
def test_a_text_means_the_same_whatever_carried_it(carrier: str) -> None:
    assert classify(CATALOGUE, CARRIED[carrier]()).family is Family.SUBNET_OR_SG_MISSING


def test_what_only_looks_escaped_stays_as_it_is() -> None:
    for said in ("open C:\\new\\table.csv", '{"message": "a\\nb"}', "5 < 6 && 7 > 6", "`a` and `b`"):
        assert unwrapped(said) == said


def test_sayings_that_were_pasted_in_one_line_are_told_apart() -> None:
    line = "2026-11-22 10:00:00 INFO started 2026-11-22 10:00:01 ERROR boom Caused by: no reason"
    assert told_apart(line).split("\n") == [
        "2026-11-22 10:00:00 INFO started",
        "2026-11-22 10:00:01",
        "ERROR boom",
        "Caused by: no reason",
    ]
