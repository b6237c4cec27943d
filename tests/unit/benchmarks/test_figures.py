"""What the benchmarks reckon with: AWS's buckets, slopes, limits, pictures."""

import json
from xml.etree import ElementTree as ET

import pytest

from benchmarks.executor.buckets import Buckets, quota_s
from benchmarks.executor.drawing import Line, draw
from benchmarks.executor.growth import slope
from benchmarks.executor.rows import REAL, STUBS, Row
from benchmarks.executor.stub_task import StubTask
from executor.adapters.ecs_launcher import view


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
