"""Jobs that are cancelled: their tasks are stopped, whatever gets lost on the way."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from contract.events import JobEvent
from contract.states import JobState
from executor.core.stopping import NO_TASK_AFTER_S
from executor.testing.task_life import STOP_TIMEOUT_S, Ending
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


async def test_p24_one_task_that_cannot_be_stopped_keeps_no_other_from_being_stopped(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs_for(world, HOUR_S)
    executor = world.executor(watch_interval_s=1.0)
    asked = [world.ask() for _ in range(3)]
    await world.until(lambda: all(world.status(one) is JobState.RUNNING for one in asked))
    whole, (denied, *_others) = world.launcher.stop_task, world.launcher.tasks

    async def not_this_one(cluster: str, arn: str, reason: str) -> None:
        if arn == denied:
            raise PermissionError("not authorized to perform ecs:StopTask")
        await whole(cluster, arn, reason)

    with monkeypatch.context() as patch:
        patch.setattr(world.launcher, "stop_task", not_this_one)
        for one in asked:
            world.cancel(one)
        await world.passes(HOUR_S / 10)
        assert sorted(world.status(one) for one in asked) == ["CANCELLED", "CANCELLED", "CANCELLING"]
    await world.all_ended(within_s=60)
    assert not executor.task.done()
