"""When schedules of AWS are due, and what becomes of those that passed: pure parts of the local cloud."""

import datetime as dt

import pytest

from local_cloud.aws.schedules import ecs_target
from local_cloud.aws.schedules.clockwork import Clockwork, Entry
from local_cloud.aws.schedules.expressions import read


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("expression", "after", "due"),
    [
        ("cron(0 6 ? * MON-FRI *)", "2026-03-06T06:00", "2026-03-09T06:00"),
        ("cron(0 6 ? * 2-6 *)", "2026-03-06T05:59:59", "2026-03-06T06:00"),
        ("cron(0/15 * * * ? *)", "2026-03-06T06:01", "2026-03-06T06:15"),
        ("cron(30 4 1,15 * ? *)", "2026-03-02T00:00", "2026-03-15T04:30"),
        ("cron(0 0 L * ? *)", "2028-02-01T00:00", "2028-02-29T00:00"),
        ("cron(0 0 29 2 ? *)", "2026-03-01T00:00", "2028-02-29T00:00"),
        ("cron(0 9 ? * 6L *)", "2026-03-01T00:00", "2026-03-27T09:00"),
        ("cron(0 9 ? * 2#1 *)", "2026-03-03T00:00", "2026-04-06T09:00"),
        ("cron(0 9 ? * L *)", "2026-03-02T00:00", "2026-03-07T09:00"),
        ("cron(0 9 1W * ? *)", "2026-08-01T00:00", "2026-08-03T09:00"),
        ("cron(0 9 15W * ? *)", "2026-08-01T00:00", "2026-08-14T09:00"),
        ("cron(0 9 31W * ? *)", "2026-05-01T00:00", "2026-05-29T09:00"),
        ("cron(0 0 1 JAN ? 2030)", "2026-01-01T00:00", "2030-01-01T00:00"),
        ("cron(0 0 1 1 ? 2020)", "2026-01-01T00:00", None),
        ("rate(1 hour)", "2026-01-01T00:30", "2026-01-01T01:00"),
        ("rate(5 minutes)", "2026-01-01T00:05", "2026-01-01T00:10"),
        ("rate(2 days)", "2025-12-31T00:00", "2026-01-01T00:00"),
        ("at(2026-03-02T06:00:00)", "2026-03-02T05:59", "2026-03-02T06:00"),
        ("at(2026-03-02T06:00:00)", "2026-03-02T06:00", None),
    ],
)
def test_the_next_time_of_an_expression(expression: str, after: str, due: str | None) -> None:
    assert read(expression).next_after(at(after), at("2026-01-01")) == (at(due) if due else None)


@pytest.mark.parametrize(
    ("expression", "after", "due"),
    [
        ("cron(0 6 * * ? *)", "2026-03-02T00:00", "2026-03-02T05:00"),
        ("cron(0 6 * * ? *)", "2026-07-02T00:00", "2026-07-02T04:00"),
        ("cron(30 2 * * ? *)", "2026-03-28T12:00", "2026-03-30T00:30"),  # 02:30 of the 29th is left out
        ("cron(30 2 * * ? *)", "2026-10-25T00:30", "2026-10-26T01:30"),  # 02:30 of the 25th comes once
        ("at(2026-07-02T06:00:00)", "2026-07-01T00:00", "2026-07-02T04:00"),
    ],
)
def test_a_time_zone_has_its_summer(expression: str, after: str, due: str) -> None:
    assert read(expression, "Europe/Berlin").next_after(at(after), at("2026-01-01")) == at(due)


@pytest.mark.parametrize(
    "expression",
    [
        "cron(0 6 * * * *)", "cron(0 6 ? * ? *)", "cron(0 6 ? * MON-FRI)", "cron(60 6 ? * 2 *)",
        "cron(0 6 ? * SAT-SUN *)", "cron(0 6 ? * 0 *)", "rate(1 hours)", "rate(2 hour)",
        "rate(0 hours)", "rate(1 week)", "at(2026-03-02)",
        "at(2026-02-31T00:00:00)", "every day", "cron(0 6 40W * ? *)",
    ],
)  # fmt: skip
def test_what_aws_would_not_take_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read(expression)
    with pytest.raises(ValueError, match="no time zone is called 'Europe/Bonn'"):
        read("rate(1 hour)", "Europe/Bonn")


class Machine:
    """A clockwork over a clock that stands, and what its schedules did."""

    def __init__(self) -> None:
        self.now = at("2026-03-02T00:00")
        self.clockwork = Clockwork(lambda: self.now)
        self.did: list[str] = []

    def put(self, name: str, expression: str, begins: str | None = None, ends: str | None = None) -> None:
        def act(due: dt.datetime) -> str:
            self.did.append(f"{name} {due:%d %H:%M}")
            return "done"

        first, last = (at(text) if text else None for text in (begins, ends))
        self.clockwork.put(name, Entry(read(expression), act, self.now, self.now, first, last))


def test_what_is_due_is_done_once_and_in_its_order() -> None:
    machine = Machine()
    machine.put("stop", "cron(0 20 * * ? *)")
    machine.put("start", "cron(0 6 * * ? *)")
    machine.now = at("2026-03-02T05:59")
    assert machine.clockwork.look() == []
    machine.now = at("2026-03-02T06:00")
    assert [deed["did"] for deed in machine.clockwork.look()] == ["done"]
    assert machine.clockwork.look() == []
    machine.now = at("2026-03-04T12:00")
    machine.clockwork.look()
    assert machine.did == ["start 02 06:00", "stop 03 20:00", "start 04 06:00"], "after a gap each acts once"


def test_the_clock_is_put_forward_and_never_back() -> None:
    machine = Machine()
    machine.put("start", "cron(0 6 * * ? *)")
    machine.clockwork.put_forward(at("2026-03-02T07:00"))
    assert machine.did == ["start 02 06:00"]
    assert machine.clockwork.document()["next"] == [{"at": "2026-03-03T06:00:00+00:00", "schedule": "start"}]
    assert machine.clockwork.document()["ahead_s"] == 7 * 3600
    with pytest.raises(ValueError, match="it is 2026-03-02T07:00:00\\+00:00 already"):
        machine.clockwork.put_forward(at("2026-03-02T06:59"))
    machine.now += dt.timedelta(hours=23)
    machine.clockwork.look()
    assert machine.did[1:] == ["start 03 06:00"], "from there it goes on by itself"


def test_a_schedule_acts_between_its_dates_only_and_is_forgotten_when_it_is_over() -> None:
    machine = Machine()
    machine.put("daily", "cron(0 6 * * ? *)", begins="2026-03-04T00:00", ends="2026-03-05T00:00")
    machine.put("once", "at(2026-03-03T00:00:00)")
    machine.clockwork.put_forward(at("2026-03-03T12:00"))
    assert machine.did == ["once 03 00:00"]
    machine.clockwork.put_forward(at("2026-03-09T12:00"))
    assert machine.did[1:] == ["daily 04 06:00"]
    assert machine.clockwork.document()["next"] == []


def test_the_trouble_of_one_schedule_is_not_the_others() -> None:
    machine = Machine()

    def fails(_due: dt.datetime) -> str:
        raise RuntimeError("no such service")

    machine.clockwork.put("a", Entry(read("rate(1 hour)"), fails, machine.now, machine.now))
    machine.put("b", "rate(1 hour)")
    done = machine.clockwork.put_forward(at("2026-03-02T01:00"))
    assert [deed["did"] for deed in done] == ["failed: no such service", "done"]


ROLE = '{"Statement": {"Effect": "Allow", "Principal": {"Service": ["scheduler.amazonaws.com"]}}}'
CLUSTER = "arn:aws:ecs:us-east-1:123456789012:cluster/c"


@pytest.mark.parametrize(
    ("change", "trust", "told"),
    [
        ({}, ROLE, None),
        ({}, None, "must allow AWS EventBridge Scheduler to assume the role"),
        ({}, ROLE.replace("scheduler", "ecs-tasks"), "must allow AWS EventBridge Scheduler to assume the role"),
        ({"Arn": "arn:aws:sqs:us-east-1:123456789012:q"}, ROLE, "not supported by the local cloud: a target of"),
        ({"DeadLetterConfig": {}}, ROLE, "not supported by the local cloud: DeadLetterConfig"),
        ({"Input": "now"}, ROLE, "no JSON object"),
    ],
)
def test_a_target_is_an_ecs_cluster_with_a_role_that_the_scheduler_may_take(
    change: dict[str, object], trust: str | None, told: str | None
) -> None:
    target = {"Arn": CLUSTER, "RoleArn": "r", "EcsParameters": {"TaskDefinitionArn": "d"}, **change}
    found = ecs_target.problem(target, trust)
    assert found == told if told is None else told in str(found)
