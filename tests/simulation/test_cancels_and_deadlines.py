"""Jobs that are cancelled or run too long: their tasks are stopped, whatever gets lost on the way."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from contract.events import JobEvent
from contract.outcome import FailureClass
from contract.policy import NO_CAPS, Caps
from contract.states import TERMINAL, JobState
from executor.core.launch_answers import LaunchAnswer, Unknown
from executor.core.stopping import NO_TASK_AFTER_S, StopCause, stop_reason
from executor.core.watch import START_DEADLINE_S
from executor.testing.task_life import STOP_TIMEOUT_S, Ending
from executor.testing.virtual_clock import EPOCH, VirtualClock
from tests.jobs import definition
from tests.simulation.world import World

HOUR_S = 3_600.0
TIMEOUT_S = 60


def runs_for(world: World, seconds: float, **how: Any) -> None:
    """Every container works for so long."""

    def program(arn: str, request: Mapping[str, Any]) -> Ending:
        return world.makes_its_report(arn, request, runs_for_s=seconds, **how)

    world.define("SALES_REPORT", definition(timeout_s=TIMEOUT_S, max_attempts=1), program)


async def test_p16_a_running_job_is_cancelled_only_once_its_task_has_stopped(world: World) -> None:
    runs_for(world, HOUR_S, stops_in_s=STOP_TIMEOUT_S + 1)
    world.executor()
    asked = world.ask()
    await world.until(lambda: world.status(asked) is JobState.RUNNING)
    world.cancel(asked)
    await world.until(lambda: bool(world.launcher.stops), within_s=10)
    await world.passes(20)
    assert (world.status(asked), len(world.launcher.running)) == (JobState.CANCELLING, 1)
    await world.all_ended(within_s=60)
    assert world.status(asked) is JobState.CANCELLED
    assert world.launcher.stops[0][1] == "reporting: cancelled"
    names = [event.event for event in world.store.events]
    assert names[-2:] == [JobEvent.CANCEL_ASKED, JobEvent.CANCELLED]
    (result,) = world.store.results
    assert result.verdict is not None
    assert "cancelled" in result.verdict.diagnosis


async def test_p16_a_stop_that_gets_lost_is_asked_for_again(world: World) -> None:
    runs_for(world, HOUR_S)
    world.launcher.lose_stops(3)
    world.executor()
    asked = world.ask()
    await world.until(lambda: world.status(asked) is JobState.RUNNING)
    world.cancel(asked)
    await world.all_ended(within_s=90)
    assert world.status(asked) is JobState.CANCELLED
    assert len(world.launcher.stops) == 4


@pytest.mark.parametrize("stops_in_s", [5.0, STOP_TIMEOUT_S + 1])
async def test_p16_a_manifest_that_came_before_the_stop_wins(world: World, stops_in_s: float) -> None:
    left: dict[str, Ending] = {}

    def leaves_early(arn: str, request: Mapping[str, Any]) -> Ending:
        left[arn] = world.makes_its_report(arn, request, runs_for_s=50.0, stops_in_s=stops_in_s)
        return left[arn]

    world.define("SALES_REPORT", definition(), leaves_early)
    world.executor()
    asked = world.ask()
    await world.until(lambda: world.status(asked) is JobState.RUNNING)
    (ending,) = left.values()
    ending.leaves()
    world.cancel(asked)
    await world.all_ended()
    assert world.status(asked) is JobState.SUCCEEDED
    assert "reports/SALES_REPORT/latest.json" in world.artifacts.objects


async def test_p16_what_waits_for_a_place_is_cancelled_while_there_is_none(world: World) -> None:
    runs_for(world, 50.0)
    world.executor(max_running=1)
    running = world.ask()
    await world.until(lambda: world.status(running) is JobState.RUNNING)
    waiting = world.ask()
    world.cancel(waiting)
    await world.until(lambda: world.status(waiting) is JobState.CANCELLED, within_s=10)
    assert world.status(running) is JobState.RUNNING
    await world.all_ended()
    assert len(world.launcher.tasks) == 1


async def test_p16_what_waits_for_its_next_try_is_cancelled_and_asked_for_no_more(world: World) -> None:
    world.define("SALES_REPORT", definition(max_attempts=5), lambda _arn, _request: Ending(exit_code=1))
    executor = world.executor()
    asked = world.ask()
    await world.until(lambda: world.status(asked) is JobState.RETRY_WAIT)
    world.cancel(asked)
    await world.until(lambda: world.status(asked) is JobState.CANCELLED, within_s=10)
    await world.passes(30)
    before = len(executor.steps)
    await world.passes(300)
    assert not any("store.claim" in step for step in executor.steps[before:])


@pytest.mark.parametrize("delay_s", [step / 4 for step in range(24)])
async def test_p16_at_whatever_moment_the_cancel_comes_no_task_is_left(world: World, delay_s: float) -> None:
    runs_for(world, HOUR_S)
    world.executor()
    asked = world.ask()
    await asyncio.sleep(delay_s)
    world.cancel(asked)
    await world.all_ended(within_s=120)
    assert world.status(asked) is JobState.CANCELLED
    await world.passes(120)
    assert world.launcher.running == []


@pytest.mark.parametrize("step", ["store.claim", "store.claimed", "store.write", "launcher.stop_task"])
@pytest.mark.parametrize("side", ["before", "after"])
async def test_p5_p16_killed_at_any_step_of_a_cancel_the_next_one_carries_it_out(
    world: World, step: str, side: str
) -> None:
    runs_for(world, HOUR_S)
    first = world.executor("one")
    asked = world.ask()
    await world.until(lambda: world.status(asked) in {JobState.CLAIMED, JobState.LAUNCHED})
    world.cancel(asked)
    first.dies_at = f"{side} {step}"
    await world.passes(20)
    first.kill()
    world.executor("two")
    await world.all_ended(within_s=200)
    assert world.status(asked) is JobState.CANCELLED
    assert world.launcher.running == []


@pytest.mark.parametrize("side", ["before", "after"])
async def test_p16_the_task_of_an_executor_that_died_while_it_launched_is_found_and_stopped(
    world: World, side: str
) -> None:
    runs_for(world, HOUR_S)
    first = world.executor("one")
    first.dies_at = f"{side} launcher.run"
    asked = world.ask()
    await world.until(lambda: first.dead)
    world.cancel(asked)
    world.executor("two")
    await world.all_ended(within_s=NO_TASK_AFTER_S + 60)
    assert world.status(asked) is JobState.CANCELLED
    assert world.launcher.running == []


async def test_p16_a_task_whose_launch_was_never_answered_is_found_and_stopped(world: World) -> None:
    runs_for(world, HOUR_S)
    world.launcher.lose_replies(1_000)
    world.executor()
    asked = world.ask()
    await world.until(lambda: bool(world.launcher.tasks))
    world.cancel(asked)
    await world.all_ended(within_s=60)
    await world.passes(30)
    assert world.status(asked) is JobState.CANCELLED
    assert world.launcher.running == []


async def test_p16_a_launch_on_its_way_is_waited_for_and_its_task_stopped(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs_for(world, HOUR_S)
    whole = world.launcher.run

    async def lands_late(request: Mapping[str, Any]) -> LaunchAnswer:
        async def land() -> None:
            await asyncio.sleep(45)
            await whole(request)

        landing.append(asyncio.create_task(land()))
        return Unknown("no answer in time")

    landing: list[asyncio.Task[None]] = []
    monkeypatch.setattr(world.launcher, "run", lands_late)
    first = world.executor("one")
    asked = world.ask()
    await world.until(lambda: bool(landing))
    world.cancel(asked)
    first.kill()
    world.executor("two")
    await world.all_ended(within_s=NO_TASK_AFTER_S + 120)
    await world.passes(60)
    assert world.status(asked) is JobState.CANCELLED
    assert world.launcher.running == []


async def test_p16_a_cancel_that_ecs_could_not_hear_of_is_carried_out_when_it_can(world: World) -> None:
    runs_for(world, HOUR_S)
    executor = world.executor()
    asked = world.ask()
    await world.until(lambda: world.status(asked) is JobState.RUNNING)
    executor.away.add("launcher")
    world.cancel(asked)
    await asyncio.sleep(300)
    assert world.status(asked) is JobState.CANCELLING
    executor.away.clear()
    await world.all_ended(within_s=60)
    assert world.status(asked) is JobState.CANCELLED


async def test_p15_a_runner_that_hangs_is_stopped_and_charged_to_the_report(world: World) -> None:
    runs_for(world, HOUR_S, stops_in_s=STOP_TIMEOUT_S + 1)
    world.launcher.lose_stops(1)
    world.executor()
    asked = world.ask()
    await world.until(lambda: world.status(asked) is JobState.RUNNING)
    await world.all_ended(within_s=TIMEOUT_S + STOP_TIMEOUT_S + 120)
    job = world.store.state[asked.request_id].job
    assert (job.status, job.failure_class) == (JobState.FAILED, FailureClass.DEADLINE)
    assert (job.user_failures, job.infra_failures) == (1, 0)
    assert {reason for _arn, reason in world.launcher.stops} == {stop_reason(StopCause.DEADLINE)}


async def test_p15_the_runners_own_watchdog_comes_before_the_executors_stop(world: World) -> None:
    world.define(
        "SALES_REPORT",
        definition(timeout_s=TIMEOUT_S, max_attempts=1),
        lambda _arn, _request: Ending(exit_code=15, runs_for_s=TIMEOUT_S + 20),
    )
    world.executor()
    asked = world.ask()
    await world.all_ended()
    assert world.store.state[asked.request_id].job.failure_class == FailureClass.DEADLINE
    assert world.launcher.stops == []


async def test_p15_a_task_that_never_starts_is_stopped_and_charged_to_the_cloud(world: World) -> None:
    def starts_the_second_time(arn: str, request: Mapping[str, Any]) -> Ending:
        if not world.launcher.tasks:
            return Ending(exit_code=None, starts_after_s=None, runs_for_s=10 * HOUR_S)
        return world.makes_its_report(arn, request)

    world.define("SALES_REPORT", definition(max_attempts=1), starts_the_second_time)
    world.executor()
    asked = world.ask()
    await world.all_ended(within_s=START_DEADLINE_S + 120)
    job = world.store.state[asked.request_id].job
    assert (job.status, job.attempt) == (JobState.SUCCEEDED, 2)
    assert (job.user_failures, job.infra_failures) == (0, 1)
    (first,) = [result for result in world.store.results if result.attempt == 1]
    assert first.verdict is not None
    assert first.verdict.failure_class is FailureClass.START_DEADLINE


@pytest.mark.parametrize("ahead_s", [-600.0, 600.0])
async def test_p13_an_executor_whose_clock_is_wrong_stops_nothing_early_and_nothing_late(
    world: World, monkeypatch: pytest.MonkeyPatch, ahead_s: float
) -> None:
    runs_for(world, TIMEOUT_S - 10.0)
    executor = world.executor()
    wrong = VirtualClock(world.clock.monotonic_s, epoch=EPOCH + timedelta(seconds=ahead_s))
    for name in ("watch", "launch", "settle", "cancel"):
        monkeypatch.setattr(getattr(executor.service._loops, name), "_clock", wrong)
    short = world.ask()
    await world.all_ended()
    assert world.status(short) is JobState.SUCCEEDED
    runs_for(world, HOUR_S)
    long = world.ask()
    await world.all_ended(within_s=TIMEOUT_S + STOP_TIMEOUT_S + 120)
    assert world.store.state[long.request_id].job.failure_class == FailureClass.DEADLINE


@pytest.mark.parametrize("caps", [Caps(per_type=3), Caps(per_requester=2), NO_CAPS])
async def test_p11_the_caps_of_types_and_requesters_hold_and_everything_gets_its_turn(world: World, caps: Caps) -> None:
    for name in ("SALES_REPORT", "OTHER_REPORT"):
        world.define(name, definition())
    world.executor(max_running_per_type=caps.per_type, max_running_per_requester=caps.per_requester)
    for number in range(12):
        world.ask(report_type="SALES_REPORT" if number % 3 else "OTHER_REPORT")

    def ended() -> bool:
        busy = [row.job for row in world.store.state.values() if row.job.task_arn and row.job.status not in TERMINAL]
        for cap, key in ((caps.per_type, "report_type"), (caps.per_requester, "requested_by")):
            for value in {getattr(job, key) for job in busy}:
                assert cap is None or sum(getattr(job, key) == value for job in busy) <= cap, "caps_never_exceeded"
        return all(world.status(asked.request) is JobState.SUCCEEDED for asked in world.store.intake.values())

    await world.until(ended, within_s=300)
