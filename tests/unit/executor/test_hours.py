"""Hours of an executor: a person's words become the template's parameters, and hold from this moment on."""

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from executor.deploy import environment as environments
from executor.deploy import hours, opening
from executor.deploy.hours import Hours, asked
from executor.deploy.stack import Proposal
from tests.unit.infra.template import raw

BERLIN = "Europe/Berlin"
DEPLOYED = {
    "ExecutorImage": "e@sha256:1",
    "ExecutorCount": "1",
    "HoursStart": "",
    "HoursStop": "",
    "TimeZone": "UTC",
    "DrainSchedule": "",
    "MaxRunning": "7",
}


@pytest.mark.parametrize(
    ("start", "stop", "days", "crons", "said"),
    [
        ("06:00", "20:00", "mon-fri", ("0 6 ? * MON-FRI *", "0 20 ? * MON-FRI *"), "06:00 to 20:00, mon-fri"),
        ("6:30", "20:05", "Mon,wed", ("30 6 ? * MON,WED *", "5 20 ? * MON,WED *"), "06:30 to 20:05, mon,wed"),
        ("22:00", "06:00", "mon-fri", ("0 22 ? * MON-FRI *", "0 6 ? * TUE-SAT *"), "22:00 to 06:00, mon-fri"),
        ("22:00", "06:00", "sat-sun", ("0 22 ? * SAT,SUN *", "0 6 ? * MON,SUN *"), "22:00 to 06:00, sat,sun"),
        ("6:00", "8:00", "fri-sun", ("0 6 ? * FRI,SAT,SUN *", "0 8 ? * FRI,SAT,SUN *"), "06:00 to 08:00, fri,sat,sun"),
        ("6:00", "8:00", "sat-mon", ("0 6 ? * MON,SAT,SUN *", "0 8 ? * MON,SAT,SUN *"), "06:00 to 08:00, mon,sat,sun"),
        ("06:00", "00:00", "mon-sun", ("0 6 ? * SUN-SAT *", "0 0 ? * SUN-SAT *"), "06:00 to 00:00, sun-sat"),
    ],
)  # fmt: skip
def test_a_persons_words_become_parameters_that_the_template_takes_and_back(
    start: str, stop: str, days: str, crons: tuple[str, str], said: str
) -> None:
    given = asked(start, stop, days, BERLIN)
    parameters = given.parameters()
    assert parameters == {"HoursStart": f"cron({crons[0]})", "HoursStop": f"cron({crons[1]})", "TimeZone": BERLIN}
    declared = raw()["Parameters"]
    for name, value in parameters.items():
        assert re.fullmatch(declared[name]["AllowedPattern"], value)
    assert hours.of(parameters) == given
    assert str(given) == f"{said}, {BERLIN}"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("25:00", "20:00", "mon-fri", "UTC"), "--from 25:00: a time of day is written 06:00"),
        (("06:00", "8pm", "mon-fri", "UTC"), "--to 8pm"),
        (("06:00", "06:00", "mon-fri", "UTC"), "--off"),
        (("06:00", "20:00", "weekdays", "UTC"), "--days weekdays: days are written mon-fri"),
        (("06:00", "20:00", "mon-", "Europe/Bonn"), "--zone Europe/Bonn"),
        (("06:00", "20:00", "mon", "../../etc/passwd"), "--zone"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_its_option(words: tuple[str, str, str, str], told: str) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        asked(*words)


@pytest.mark.parametrize(
    ("given", "moment", "runs"),
    [
        (("06:00", "20:00", "mon-fri"), (2026, 3, 2, 6, 0), True),
        (("06:00", "20:00", "mon-fri"), (2026, 3, 2, 5, 59), False),
        (("06:00", "20:00", "mon-fri"), (2026, 3, 2, 20, 0), False),
        (("06:00", "20:00", "mon-fri"), (2026, 3, 1, 12, 0), False),
        (("22:00", "06:00", "fri"), (2026, 3, 6, 23, 0), True),
        (("22:00", "06:00", "fri"), (2026, 3, 7, 5, 0), True),
        (("22:00", "06:00", "fri"), (2026, 3, 6, 5, 0), False),
        (("22:00", "06:00", "sun"), (2026, 3, 2, 5, 0), True),
    ],
)
def test_hours_know_whether_they_are_now_in_their_own_zone(
    given: tuple[str, str, str], moment: tuple[int, int, int, int, int], runs: bool
) -> None:
    here = datetime(*moment, tzinfo=ZoneInfo(BERLIN))
    assert asked(*given, BERLIN).are_now(here.astimezone(ZoneInfo("Asia/Tokyo"))) is runs


def test_hours_of_another_form_are_shown_as_they_are_and_kept() -> None:
    strange = {"HoursStart": "cron(0 6 1 * ? *)", "HoursStop": "cron(0 20 1 * ? *)", "TimeZone": "UTC"}
    with pytest.raises(ValueError, match=r"started cron\(0 6 1 \* \? \*\)"):
        hours.of(strange)
    shifted = asked("06:00", "20:00", "mon-fri", "UTC").parameters() | {"HoursStop": "cron(0 20 ? * SAT *)"}
    with pytest.raises(ValueError, match="SAT"):
        hours.of(shifted)
    assert hours.kept({**DEPLOYED, **strange}) == strange
    assert hours.kept(DEPLOYED) == {}, "a zone alone is the file's, or the template's"
    assert hours.kept({}) == {}


class Stack:
    """A stack of these parameters, which takes what is proposed."""

    name = "reporting-prod"

    def __init__(self, **parameters: str) -> None:
        self.now = {**DEPLOYED, **parameters}
        self.asked: dict[str, str] = {}

    def settle(self) -> None:
        """It is at rest."""

    def parameters(self) -> dict[str, str]:
        return dict(self.now)

    def outputs(self) -> dict[str, str]:
        return {"Cluster": "c", "ServiceName": "s", "SecurityGroup": "sg-0", "ExecutorTaskDefinition": "executor:3"}

    def propose(self, template: str | None, parameters: dict[str, str]) -> Proposal:
        assert template is None, "the template stays that of the version at work"
        self.asked = parameters
        return Proposal("arn", ("+ Hours",))

    def execute(self, _proposal: Proposal) -> None:
        self.now = self.asked


class Ecs:
    """What was asked of a service."""

    def __init__(self, refusal: str = "") -> None:
        self.wanted: list[int] = []
        self.run: list[dict[str, Any]] = []
        self.refusal = refusal

    def run_task(self, **asked: Any) -> dict[str, Any]:
        self.run.append(asked)
        return {"failures": [{"reason": self.refusal}] if self.refusal else []}

    def update_service(self, *, cluster: str, service: str, desiredCount: int) -> None:  # noqa: N803 - the API's names
        assert (cluster, service) == ("c", "s")
        self.wanted.append(desiredCount)


def environment(**stack: str | int) -> environments.Environment:
    return environments.Environment.model_validate(
        {
            "name": "prod", "region": "eu-central-1", "vpc": "vpc-0", "subnets": ["subnet-0"],
            "snowflake": {"account": "a-b"}, "stack": stack,
        }
    )  # fmt: skip


@pytest.mark.parametrize(("hour", "count"), [(12, 1), (23, 0)])
def test_hours_change_nothing_else_and_hold_from_this_moment(hour: int, count: int) -> None:
    stack, ecs, given = Stack(), Ecs(), asked("06:00", "20:00", "mon-fri", BERLIN)
    any_stack: Any = stack
    proposal = opening.propose(any_stack, environment(), given)
    assert stack.asked == {**DEPLOYED, **given.parameters()}
    now = datetime(2026, 3, 2, hour, tzinfo=ZoneInfo(BERLIN))
    assert opening.apply(any_stack, proposal, ecs, given, now) == count
    assert ecs.wanted == [count]


def test_without_hours_an_executor_that_its_schedule_stopped_runs_again() -> None:
    given = asked("06:00", "20:00", "mon-fri", BERLIN)
    stack, ecs = Stack(**given.parameters(), ExecutorCount="2"), Ecs()
    any_stack: Any = stack
    proposal = opening.propose(any_stack, environment(), None)
    assert (stack.asked["HoursStart"], stack.asked["HoursStop"], stack.asked["TimeZone"]) == ("", "", BERLIN)
    opening.apply(any_stack, proposal, ecs, None, datetime(2026, 3, 2, 23, tzinfo=ZoneInfo(BERLIN)))
    assert ecs.wanted == [2]


def test_a_deployment_outside_of_hours_starts_the_executor_for_its_first_report() -> None:
    ecs, given = Ecs(), asked("06:00", "20:00", "mon-fri", BERLIN)
    timed: Any = Stack(**given.parameters(), ExecutorCount="2")
    always: Any = Stack()
    assert opening.start_outside(timed, ecs)
    assert ecs.wanted == [2]
    assert not opening.start_outside(always, ecs)
    assert ecs.wanted == [2], "what no schedule ever stopped is left to CloudFormation"


def test_where_no_executor_stays_one_drains_the_queue_for_the_first_report() -> None:
    ecs, said = Ecs(), list[str]()
    network = {"SubnetIds": "subnet-0,subnet-1", "AssignPublicIp": "true"}
    none: Any = Stack(**network, ExecutorCount="0")
    always: Any = Stack(**network)
    opening.drain(always, ecs, said.append)
    assert (ecs.run, said) == ([], [])
    opening.drain(none, ecs, said.append)
    (asked_for,) = ecs.run
    assert (asked_for["taskDefinition"], asked_for["launchType"]) == ("executor:3", "FARGATE")
    assert asked_for["overrides"] == {"containerOverrides": [{"name": "executor", "command": ["drain"]}]}
    assert asked_for["networkConfiguration"]["awsvpcConfiguration"] == {
        "subnets": ["subnet-0", "subnet-1"],
        "securityGroups": ["sg-0"],
        "assignPublicIp": "ENABLED",
    }
    assert said == ["executor: none stays at work; one works until the queue is empty"]
    with pytest.raises(opening.HoursError, match="first report: RESOURCE:FARGATE; repeat"):
        opening.drain(none, Ecs("RESOURCE:FARGATE"), said.append)


@pytest.mark.parametrize(
    ("parameters", "file", "told"),
    [
        ({"ExecutorImage": ""}, {}, "has no executor yet"),
        ({"ExecutorCount": "0"}, {}, "ExecutorCount 0"),
        ({}, {"HoursStart": "cron(0 5 * * ? *)"}, r"\[stack\] says HoursStart"),
        ({}, {"TimeZone": "UTC"}, r"\[stack\] says TimeZone"),
        ({"DrainSchedule": "rate(1 hour)"}, {}, "take --zone UTC"),
    ],
)
def test_hours_that_would_start_nothing_or_be_undone_are_refused(
    parameters: dict[str, str], file: dict[str, str], told: str
) -> None:
    stack: Any = Stack(**parameters)
    with pytest.raises(opening.HoursError, match=told):
        opening.propose(stack, environment(**file), Hours(*_DAY, frozenset({0}), BERLIN))
    assert stack.asked == {}


_DAY = (datetime(2026, 3, 2, 6).time(), datetime(2026, 3, 2, 20).time())  # noqa: DTZ001 - times of day have no zone
