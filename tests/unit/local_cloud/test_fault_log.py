"""Who reads a local server's log sees which trouble was ordered."""

import re

import pytest

from local_cloud.aws.faults.orders import FaultBook
from local_cloud.snowflake.faults import Faults, read_fault

AT = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00 ordered trouble struck: "


def test_each_strike_on_the_aws_side_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    book = FaultBook()
    book.add({"op": "RunTask", "kind": "throttle", "times": 2, "match": "mine"})
    assert book.take("RunTask", "somebody else's", {"throttle"}) is None
    for _ in range(3):
        book.take("RunTask", "mine\n  and long" + 200 * "x", {"throttle"})
    lines = capsys.readouterr().err.splitlines()
    assert [re.sub(AT, "", line)[:45] for line in lines] == [
        "RunTask throttle, 1 left: mine and longxxxxxx",
        "RunTask throttle, 0 left: mine and longxxxxxx",
    ]


def test_each_strike_on_the_snowflake_side_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    ordered = Faults()
    ordered.add([read_fault({"kind": "timeout", "match": "job_state"})])
    assert ordered.take("SELECT", "SELECT 1") is None
    ordered.take("MERGE", "MERGE INTO\n  job_state")
    (line,) = capsys.readouterr().err.splitlines()
    assert re.sub(AT, "", line) == "MERGE timeout, 0 left: MERGE INTO job_state"
