"""An executor that works by the clock: hours, and now and then until the queue is empty. The clock is put forward."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.acceptance.deployment.place import Place

pytestmark = pytest.mark.thorough

NOW_AND_THEN = """[stack]
ExecutorCount = 0
DrainSchedule = "cron(0 3 * * ? *)"
"""


def clock(place: Place, *words: str) -> Any:
    return json.loads(place.run("local", "clock", *words, "--json").stdout)


def hour_after(place: Place, hours: int) -> str:
    """The full hour so many hours from now, as the options of ``hours`` take it."""
    return f"{datetime.fromisoformat(clock(place)['now']) + timedelta(hours=hours):%H}:00"


def forward_to_next(place: Place) -> list[str]:
    """Put the clock forward to what comes next; answers with what was done."""
    return [deed["did"] for deed in clock(place, "--next")["done"]]


def executors(place: Place) -> Any:
    return json.loads(place.run("hours", "--env", "local", "--json").stdout)["executors"]


def test_outside_of_its_hours_no_executor_runs_and_jobs_wait_until_it_is_started(fresh: Place) -> None:
    assert fresh.run("deploy", "--env", "local").returncode == 0
    assert "no hours; it always runs; executors: 1 wanted, 1 at work" in fresh.make("hours").stdout
    wanted = ("--from", hour_after(fresh, -1), "--to", hour_after(fresh, 2), "--days", "mon-sun")
    planned = fresh.run("hours", "--env", "local", *wanted, "--plan")
    assert "+ Hours AWS::ApplicationAutoScaling::ScalableTarget" in planned.stdout
    given = fresh.run("hours", "--env", "local", *wanted)
    assert "wanted now: 1" in given.stdout, given.stdout
    assert "one.csv" in fresh.report(), "inside of its hours it works"

    assert forward_to_next(fresh) == ["stop: service/reporting-local/reporting-local-executor from 1 to 0"]
    fresh.until(lambda: executors(fresh) == {"wanted": 0, "at_work": 0}, "the executor has stopped")
    waiting = fresh.ask()
    assert fresh.status(waiting)[0] == "QUEUED"
    assert forward_to_next(fresh) == ["start: service/reporting-local/reporting-local-executor from 0 to 1"]
    assert "one.csv" in fresh.files(waiting)

    off = fresh.run("hours", "--env", "local", "--off", "--json")
    assert json.loads(off.stdout)["always"]
    assert clock(fresh)["next"] == []


def test_an_executor_that_works_now_and_then_delivers_what_waited_and_ends(fresh: Place) -> None:
    (fresh.root / "infra/environments/local.toml").write_text(NOW_AND_THEN, encoding="utf-8")
    done = fresh.run("deploy", "--env", "local")
    assert done.returncode == 0, done.stdout
    assert "none stays at work; one works until the queue is empty" in done.stdout
    assert "every step works" in done.stdout

    def drains() -> list[str]:
        found: list[str] = fresh.aws("ecs").list_tasks(cluster="reporting-local")["taskArns"]
        return found

    fresh.until(lambda: not drains(), "nothing runs any more")
    waiting = fresh.ask()
    assert fresh.status(waiting)[0] == "QUEUED"
    (did,) = forward_to_next(fresh)
    arn = did.removeprefix("runs ")
    assert "one.csv" in fresh.files(waiting)
    fresh.until(lambda: not drains(), "nothing runs any more")
    (task,) = fresh.aws("ecs").describe_tasks(cluster="reporting-local", tasks=[arn])["tasks"]
    assert (task["containers"][0]["exitCode"], task["startedBy"]) == (0, "chronos-schedule/reporting-local-drain")
