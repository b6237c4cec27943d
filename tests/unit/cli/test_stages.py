"""How far a report is, from the lines of its log."""

import json
from functools import reduce

import pytest

from executor.cli.stages import Stage, after


def line(action: str, message: str = "a sentence", **fields: object) -> str:
    return json.dumps({"action": action, "message": message, "level": "info", **fields})


LIFE = [
    line("runner_started"),
    line("attempt_claimed"),
    line("signed_in"),
    line("query_started", query="top"),
    line("query_answered", query="top"),
    line("report_progress", stage="writing", query="top", rows=20_000, bytes=512),
    line("report_progress", stage="writing", query="top", rows=40_000, bytes=1_024),
    line("query_finished", query="top", rows=50_000),
    line("report_progress", stage="writing", query="more", rows=7),
    line("file_uploaded", "top.csv is in S3", rows=50_000, bytes=9),
    line("report_finished", rows=50_007),
    line("runner_ended"),
]


def test_the_lines_of_a_run_tell_its_stages() -> None:
    stages = [reduce(after, LIFE[: number + 1], Stage()).text for number in range(len(LIFE))]
    assert stages[:4] == ["starts", "signs in", "signed in", "top: waits for Snowflake"]
    assert stages[4:7] == ["top: rows arrive", "top: writing", "top: writing"]
    assert stages[7:] == ["top: all rows are there", "more: writing", "top.csv is in S3", "finished", "finished"]


def test_rows_are_those_of_every_query_once() -> None:
    rows = [reduce(after, LIFE[: number + 1], Stage()).rows for number in range(len(LIFE))]
    assert rows == [None] * 5 + [20_000, 40_000, 50_000, 50_007, 50_007, 50_007, 50_007]


def test_bytes_are_kept_until_others_are_told() -> None:
    assert reduce(after, LIFE, Stage()).bytes == 1_024


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Hello from a shell script", "Hello from a shell script"),
        ('{"message": "half way"}', "half way"),
        ('{"action": "own_step", "message": "half way"}', "half way"),
        ('{"action": "own_step"}', "own_step"),
        ('{"action": "report_progress", "stage": "publishing", "query": null, "rows": 0}', "publishing"),
        ('{"action": "query_finished", "rows": "many"}', "query: all rows are there"),
        (line("connection_test_step", step="dns", status="ok"), "dns: ok"),
        ("[1, 2]", "[1, 2]"),
        ("x" * 100, "x" * 59 + "…"),
        ("   ", "before"),
        (line("library_message", "something from below"), "before"),
    ],
)
def test_lines_of_any_form_are_understood_as_far_as_they_go(text: str, stage: str) -> None:
    assert after(Stage("before"), text).text == stage
