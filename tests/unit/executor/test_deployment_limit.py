"""A deployment says within one limit what became of it, whatever it waits for; what nobody can hurry does not count."""

import signal
import threading
from typing import Any, Self

import pytest

from executor.cli.errors import CommandError
from executor.cli.in_time import in_time
from executor.deploy import smoke
from executor.deploy.limit import TAKE_BACK_S, WITHIN_S, Limit
from executor.deploy.stack import Proposal, Stack, StackError

CHANGE = Proposal("arn:change", ("~ Service AWS::ECS::Service",))


class Time:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def limit(self) -> Limit:
        return Limit(clock=lambda: self.now_s, sleep=self.sleep)

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.now_s += seconds or 0.001


class Cloud:
    """CloudFormation with one stack that is in a status, and in another one from some time on."""

    def __init__(self, time: Time, *statuses: tuple[float, str], goes_back_in_s: float = 1e9) -> None:
        self.time, self.statuses, self.goes_back_in_s = time, statuses, goes_back_in_s
        self.cancelled_at_s: float | None = None

    def status(self) -> str:
        now_s = self.time.now_s
        if self.cancelled_at_s is not None:
            gone_back = now_s >= self.cancelled_at_s + self.goes_back_in_s
            return "UPDATE_ROLLBACK_COMPLETE" if gone_back else "UPDATE_ROLLBACK_IN_PROGRESS"
        return [status for since_s, status in self.statuses if now_s >= since_s][-1]

    def describe_stacks(self, **_: Any) -> Any:
        return {"Stacks": [{"StackId": "arn:stack", "StackStatus": self.status()}]}

    def execute_change_set(self, **_: Any) -> None:
        return

    def cancel_update_stack(self, **_: Any) -> None:
        self.cancelled_at_s = self.time.now_s

    def describe_change_set(self, **_: Any) -> Any:
        return {"Status": "CREATE_IN_PROGRESS"}

    def get_paginator(self, _: str) -> Any:
        return self

    def paginate(self, **_: Any) -> Any:
        return [{"StackEvents": []}]


def refused(cloud: Cloud, time: Time, spent_s: float = 0.0) -> tuple[str, list[str]]:
    said = list[str]()
    stack = Stack(cloud, "reporting-prod", time.limit(), said.append)
    time.now_s += spent_s
    with pytest.raises(StackError) as error:
        stack.execute(CHANGE)
    return str(error.value), said


class Slow(Cloud):
    """What is asked of it takes half a second to answer, and the work begins meanwhile."""

    def describe_stacks(self, **_: Any) -> Any:
        answer = super().describe_stacks()
        self.time.now_s += 0.5
        return answer

    def paginate(self, **_: Any) -> Any:
        event = {"EventId": "1", "ResourceStatus": "UPDATE_IN_PROGRESS", "LogicalResourceId": "reporting-prod"}
        return [{"StackEvents": [event] if self.time.now_s > 0.5 else []}]


def test_a_stack_that_begins_between_two_questions_is_not_taken_for_done() -> None:
    time = Time()
    cloud = Slow(time, (0, "UPDATE_COMPLETE"), (0.6, "UPDATE_IN_PROGRESS"), (5, "UPDATE_ROLLBACK_COMPLETE"))
    error, _ = refused(cloud, time)
    assert "the version before is at work" in error


def test_an_update_without_an_end_is_taken_back_while_there_is_time_for_it() -> None:
    time = Time()
    cloud = Cloud(time, (0, "UPDATE_IN_PROGRESS"), goes_back_in_s=120)
    error, said = refused(cloud, time)
    assert cloud.cancelled_at_s == pytest.approx(WITHIN_S - TAKE_BACK_S, abs=2)
    assert "the version before is at work" in error
    assert any("the update is taken back" in line for line in said)
    assert time.now_s < WITHIN_S


@pytest.mark.parametrize("spent_s", [0.0, 400.0, 890.0])
@pytest.mark.parametrize("status", ["UPDATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"])
def test_a_stack_that_never_comes_to_rest_has_its_verdict_in_time_whatever_was_spent_before(
    status: str, spent_s: float
) -> None:
    time = Time()
    error, _ = refused(Cloud(time, (0, status)), time, spent_s)
    assert time.now_s == pytest.approx(WITHIN_S, abs=1)
    assert "has no end in time" in error
    assert "repeat, which waits for it" in error


def test_all_steps_together_have_one_limit_and_not_one_each() -> None:
    time = Time()
    limit = time.limit()
    stack = Stack(Cloud(time, (0, "UPDATE_IN_PROGRESS"), (500, "UPDATE_COMPLETE")), "s", limit, lambda _: None)
    stack.execute(CHANGE)
    assert limit.left_s == pytest.approx(WITHIN_S - 500, abs=2)
    with pytest.raises(StackError, match="no change set in time"):
        stack._proposed("arn:change")
    assert time.now_s == pytest.approx(WITHIN_S, abs=1)


def test_what_nobody_can_hurry_does_not_count() -> None:
    time = Time()
    limit = time.limit()
    time.now_s += 100
    with limit.stands_still():
        time.now_s += 5_000
    assert limit.left_s == WITHIN_S - 100


class Silent:
    """A queue in which a job waits for ever."""

    description = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def cursor(self) -> Self:
        return self

    def execute(self, text: str, *_: object) -> None:
        self.asks = "generate_report" in text

    def fetchone(self) -> Any:
        return ('{"job_id": "j"}',) if self.asks else None


@pytest.mark.parametrize(("left_s", "waits_s"), [(WITHIN_S, smoke.WITHIN_S), (40.0, 40.0)])
def test_a_first_report_is_waited_for_as_long_as_the_deployment_may_last(left_s: float, waits_s: float) -> None:
    time = Time()
    limit = time.limit()
    time.now_s += WITHIN_S - left_s
    connection: Any = Silent()
    with pytest.raises(smoke.SmokeError, match=f"not seen after {waits_s:.0f} s"):
        smoke.run(connection, lambda _: None, limit)
    assert time.now_s == pytest.approx(WITHIN_S - left_s + waits_s, abs=2)


def stuck() -> None:
    """A deployment that says a step, and then waits for an answer that never comes."""
    with in_time(lambda _: None, Limit(0.05)) as (say, limit):
        with limit.stands_still():
            say("stack: 3 changes")
        try:
            threading.Event().wait(60)
        except Exception:  # noqa: BLE001 - as a client does that tries again whatever happens
            pytest.fail("a client could have held it back")


def test_what_waits_in_a_client_of_a_vendor_is_broken_off_and_says_after_which_step() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with pytest.raises(CommandError, match="the last step told was: stack: 3 changes; what was at work is at work"):
        stuck()
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


def test_no_signal_comes_while_a_deployment_stands_still_nor_after_its_end() -> None:
    with in_time(lambda _: None, Limit(5)) as (_, limit):
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 5
        with limit.stands_still():
            assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 5
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
