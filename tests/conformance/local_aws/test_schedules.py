"""Schedules of EventBridge Scheduler; their clock is put forward."""

import json
import os
import urllib.error
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from executor.cli.main import app
from tests.conformance.local_aws.timing import clock, forward_to, in_days, schedule, started_by


def test_a_schedule_runs_its_task_when_it_is_due(cloud: Any, role: str) -> None:
    scheduler, asked = cloud.client("scheduler"), schedule(cloud, role, "print('drained')")
    scheduler.create_schedule(**asked)
    assert scheduler.get_schedule(Name=asked["Name"])["Target"]["Input"] == asked["Target"]["Input"]
    assert started_by(cloud, asked["Name"]) == []
    forward_to(cloud, 3)
    (task,) = started_by(cloud, asked["Name"])
    assert cloud.describe(task)["launchType"] == "FARGATE"
    cloud.await_line(task, "drained")

    scheduler.update_schedule(**asked, State="DISABLED")
    forward_to(cloud, 3)
    assert len(started_by(cloud, asked["Name"])) == 1
    scheduler.update_schedule(**{**asked, "ScheduleExpression": "cron(0 4 * * ? *)"})
    forward_to(cloud, 4)
    assert len(started_by(cloud, asked["Name"])) == 2
    scheduler.delete_schedule(Name=asked["Name"])
    forward_to(cloud, 4)
    assert len(started_by(cloud, asked["Name"])) == 2


def test_an_interval_begins_at_once_and_goes_on_by_the_clock_of_the_machine(cloud: Any, role: str) -> None:
    scheduler, asked = cloud.client("scheduler"), schedule(cloud, role, "")
    scheduler.create_schedule(**{**asked, "ScheduleExpression": "rate(1 hour)"})
    cloud.until(lambda: started_by(cloud, asked["Name"]), "the first task")
    clock(cloud, by_s=3601)
    assert len(started_by(cloud, asked["Name"])) == 2
    scheduler.delete_schedule(Name=asked["Name"])


def test_a_schedule_runs_between_its_dates_only(cloud: Any, role: str) -> None:
    scheduler, asked = cloud.client("scheduler"), schedule(cloud, role, "")
    scheduler.create_schedule(**asked, StartDate=in_days(cloud, 1.5), EndDate=in_days(cloud, 2.5))
    runs = []
    for _ in range(4):
        forward_to(cloud, 2)
        runs.append(len(started_by(cloud, asked["Name"])))
    assert runs == [0, 0, 1, 1]
    scheduler.delete_schedule(Name=asked["Name"])


def test_what_is_refused_when_it_is_due_is_tried_again(trouble: Any, role: str) -> None:
    scheduler, asked = trouble.client("scheduler"), schedule(trouble, role, "")
    scheduler.create_schedule(**asked)
    trouble.order({"op": "RunTask", "kind": "capacity", "match": f"chronos-schedule/{asked['Name']}"})
    assert any("RESOURCE" in did or "Capacity" in did for did in forward_to(trouble, 3))
    assert started_by(trouble, asked["Name"]) == []
    clock(trouble, by_s=61)
    assert len(started_by(trouble, asked["Name"])) == 1
    scheduler.delete_schedule(Name=asked["Name"])


def test_the_command_line_tells_what_comes_next_and_puts_the_clock_forward(
    cloud: Any, role: str, tmp_path: Path
) -> None:
    note = {"aws": {"pid": os.getpid(), "endpoint": cloud.endpoint}}
    (tmp_path / "cloud.json").write_text(json.dumps(note), encoding="utf-8")

    def said(*words: str) -> Any:
        return CliRunner().invoke(app, ["local", "clock", "--local-dir", str(tmp_path), *words])

    assert "nothing acts by the clock" in str(said("--next").exception)
    scheduler, asked = cloud.client("scheduler"), schedule(cloud, role, "")
    scheduler.create_schedule(**asked)
    assert f"03:00:00+00:00  next  schedule/default/{asked['Name']}" in said().stdout
    done = said("--next").stdout.splitlines()
    assert "03:00:00+00:00  done  runs arn:aws:ecs:" in done[0]
    assert "s ahead of this machine's" in done[1]
    before = clock(cloud)["ahead_s"]
    assert json.loads(said("--by", "2h", "--json").stdout)["ahead_s"] == before + 7200
    wrong = {
        "a span is written": ("--by", "soon"),
        "goes forward only": ("--by=-1h",),
        "together": ("--by=1h", "--next"),
    }
    for told, words in wrong.items():
        assert told in str(said(*words).exception)
    scheduler.delete_schedule(Name=asked["Name"])


def test_what_the_scheduler_would_not_take_is_refused(cloud: Any, role: str) -> None:
    scheduler, asked = cloud.client("scheduler"), schedule(cloud, role, "")
    bad: dict[str, dict[str, Any]] = {
        "must allow AWS EventBridge Scheduler": {"Target": {**asked["Target"], "RoleArn": f"{role}-not"}},
        "Invalid Schedule Expression": {"ScheduleExpression": "rate(1 hours)"},
        "no time zone is called": {"ScheduleExpressionTimezone": "Europe/Bonn"},
        "not supported by the local cloud: a target": {"Target": {"Arn": role, "RoleArn": role}},
        "not supported by the local cloud: ActionAfterCompletion": {"ActionAfterCompletion": "DELETE"},
        "Schedule group none does not exist": {"GroupName": "none"},
    }
    for words, other in bad.items():
        with pytest.raises(ClientError, match=words):
            scheduler.create_schedule(**{**asked, **other})
    with pytest.raises(urllib.error.HTTPError, match="400"):
        clock(cloud, to="2020-01-01T00:00:00+00:00")
    with pytest.raises(urllib.error.HTTPError, match="400"):
        clock(cloud, to="2099-01-01T00:00:00")
