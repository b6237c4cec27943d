"""An executor that works by the clock: hours, and now and then until the queue is empty. The clock is put forward."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.acceptance.deployment.place import Place

pytestmark = pytest.mark.thorough

HOUR_S = 3600
NOW_AND_THEN = """[stack]
ExecutorCount = 0
DrainSchedule = "cron(0 3 * * ? *)"
"""


def hour_after(place: Place, hours: int) -> str:
    """The full hour so many hours from now, as the options of ``hours`` take it."""
    return f"{datetime.fromisoformat(place.clock()['now']) + timedelta(hours=hours):%H}:00"


def forward_to_next(place: Place) -> list[str]:
    """Put the clock forward to what comes next; answers with what was done."""
    found = place.clock()
    ahead = datetime.fromisoformat(found["next"][0]["at"]) - datetime.fromisoformat(found["now"])
    return [deed["did"] for deed in place.clock(ahead.total_seconds() + 1)["done"]]


def executors(place: Place) -> Any:
    return json.loads(place.run("hours", "--env", "local", "--json").stdout)["executors"]


@pytest.fixture
def always(deployed: Place) -> Iterator[Place]:
    """The deployment, whose executor always runs before and after."""
    yield deployed
    (deployed.root / "infra/environments/local.toml").unlink(missing_ok=True)
    assert deployed.run("deploy", "--env", "local").returncode == 0
    assert deployed.run("hours", "--env", "local", "--off").returncode == 0


def test_outside_of_its_hours_no_executor_runs_and_jobs_wait_until_it_is_started(always: Place) -> None:
    assert "no hours; it always runs; executors: 1 wanted, 1 at work" in always.run("hours", "--env", "local").stdout
    wanted = ("--from", hour_after(always, -1), "--to", hour_after(always, 2), "--days", "mon-sun")
    planned = always.run("hours", "--env", "local", *wanted, "--plan")
    assert "+ Hours AWS::ApplicationAutoScaling::ScalableTarget" in planned.stdout
    given = always.run("hours", "--env", "local", *wanted)
    assert "wanted now: 1" in given.stdout, given.stdout
    assert "one.csv" in always.report(), "inside of its hours it works"

    assert forward_to_next(always) == ["stop: service/reporting-local/reporting-local-executor from 1 to 0"]
    always.until(lambda: executors(always) == {"wanted": 0, "at_work": 0}, "the executor has stopped")
    waiting = always.ask()
    assert always.status(waiting)[0] == "QUEUED"
    assert forward_to_next(always) == ["start: service/reporting-local/reporting-local-executor from 0 to 1"]
    assert "one.csv" in always.files(waiting)

    off = always.run("hours", "--env", "local", "--off", "--json")
    assert json.loads(off.stdout)["always"]
    assert always.clock()["next"] == []


def test_an_executor_that_works_now_and_then_delivers_what_waited_and_ends(always: Place) -> None:
    (always.root / "infra/environments/local.toml").write_text(NOW_AND_THEN, encoding="utf-8")
    done = always.run("deploy", "--env", "local")
    assert done.returncode == 0, done.stdout
    assert "none stays at work; one works until the queue is empty" in done.stdout
    assert "every step works" in done.stdout

    def drains() -> list[str]:
        found: list[str] = always.aws("ecs").list_tasks(cluster="reporting-local")["taskArns"]
        return found

    always.until(lambda: not drains(), "nothing runs any more")
    waiting = always.ask()
    assert always.status(waiting)[0] == "QUEUED"
    (did,) = forward_to_next(always)
    arn = did.removeprefix("runs ")
    assert "one.csv" in always.files(waiting)
    always.until(lambda: not drains(), "nothing runs any more")
    (task,) = always.aws("ecs").describe_tasks(cluster="reporting-local", tasks=[arn])["tasks"]
    assert (task["containers"][0]["exitCode"], task["startedBy"]) == (0, "chronos-schedule/reporting-local-drain")
