"""What the benchmarks reckon with: AWS's buckets, slopes, limits, pictures."""

import json
from dataclasses import asdict
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from benchmarks.executor.buckets import Buckets, quota_s
from benchmarks.executor.drawing import Line, draw
from benchmarks.executor.growth import Point, figures, slope
from benchmarks.executor.hints_stub import HintsStub
from benchmarks.executor.page import BEGIN, END, PAGE, table
from benchmarks.executor.rows import REAL, STUBS, Row
from benchmarks.executor.stub_task import StubTask
from executor.adapters.ecs_launcher import view
from executor.core.hints import Doorbell, read


def test_the_quota_lets_twenty_tasks_through_at_once_and_twenty_in_each_second_after() -> None:
    assert [quota_s(jobs) for jobs in (1, 20, 40, 2000)] == [0.0, 0.0, 1.0, 99.0]


def test_an_empty_bucket_throttles_until_tokens_come_back() -> None:
    now_s = [0.0]
    account, unlimited = Buckets(lambda: now_s[0]), Buckets(lambda: now_s[0], unlimited=True)
    assert sum(account.take("RunTask") for _ in range(30)) == 20
    assert all(unlimited.take("RunTask") for _ in range(300))
    now_s[0] = 0.5
    assert sum(account.take("RunTask") for _ in range(30)) == 10
    assert sum(account.take("DescribeTasks") for _ in range(200)) == 100


def test_a_straight_line_has_its_own_slope() -> None:
    assert slope([(0, 5.0), (10, 7.0), (20, 9.0)]) == pytest.approx(0.2)
    assert slope([(10, 5.0)]) == 0.0


def test_a_row_says_whether_its_limit_is_kept() -> None:
    assert [Row("x", value, "", limit, STUBS).kept for value, limit in ((1, 1), (2, 1), (3, None))] == [
        True,
        False,
        None,
    ]
    assert STUBS in REAL


def test_the_picture_is_one_that_a_browser_can_read() -> None:
    picture = ET.fromstring(draw("a & b", [Line("one", [(1, 2.0), (2, 3.0)]), Line("two", [(1, 0.5)])]))
    assert len(picture.findall("{http://www.w3.org/2000/svg}polyline")) == 2


@pytest.mark.parametrize(
    ("at_s", "status", "exit_code"), [(0.0, "PROVISIONING", None), (5.0, "RUNNING", None), (50.0, "STOPPED", 0)]
)
def test_a_stub_task_is_told_as_ecs_tells_of_one(at_s: float, status: str, exit_code: int | None) -> None:
    environment = [{"name": "A", "value": 'a "quoted" value'}]
    task = StubTask("reporting/bench/job-1/1", [{"name": "report", "environment": environment}], 0.0, 5.0, 50.0)
    told = json.loads(task.told(at_s))
    seen = view(told)
    assert (seen.arn, seen.last_status, seen.started_by) == (task.arn, status, task.started_by)
    assert seen.containers[0].exit_code == exit_code
    assert told["overrides"]["containerOverrides"][0]["environment"] == environment


async def test_the_stub_rings_as_sns_does_and_gives_each_message_once() -> None:
    hints = HintsStub()
    assert await hints.receive({"WaitTimeSeconds": 0}) == {}
    hints.ring()
    hints.ring()
    messages = (await hints.receive({"WaitTimeSeconds": 10}))["Messages"]
    assert [read(message["Body"]) for message in messages] == [Doorbell(), Doorbell()]
    assert await hints.receive({"WaitTimeSeconds": 0}) == {}


def test_the_page_says_what_is_missed() -> None:
    rows = [Row("speed", 1.0, "s", 2, STUBS), Row("weight", 3.0, "MB", 2, STUBS), Row("noise", 1, "", None, STUBS)]
    one = {"day": "2026-01-02", "machine": "2 cores", "rows": [asdict(row) for row in rows]}
    lines = table([("first", one)]).splitlines()
    assert lines[2] == "| `first` | speed | 1 s | ≤ 2 | kept | A |"
    assert lines[3] == "|  | weight | 3 MB | ≤ 2 | **missed** | A |"
    assert lines[4] == "|  | noise | 1 |  |  | A |"
    assert "- 2026-01-02: 2 cores" in lines


def test_the_page_has_a_place_for_the_figures() -> None:
    text = (Path(__file__).parents[3] / PAGE).read_text(encoding="utf-8")
    assert text.index(BEGIN) < text.index(END)


def test_growth_is_told_and_drawn_by_its_slope(tmp_path: Path) -> None:
    points = [Point(1000 * step, 100.0 + step, 4.0 * step) for step in range(1, 21)]
    picture = tmp_path / "growth.svg"
    end, memory, cost, dearer = figures(points, picture)
    assert (end.value, memory.value, cost.value, dearer.value) == pytest.approx((120.0, 1.0, 4.0, 0.0))
    assert "+1.000 MB for every 1,000 jobs" in picture.read_text(encoding="utf-8")
