"""Tasks that run or start too long are stopped, by the clock of ECS, and charged to whose fault it is."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from contract.outcome import FailureClass
from contract.states import JobState
from executor.core.stopping import StopCause, stop_reason
from executor.core.watch import START_DEADLINE_S
from executor.testing.task_life import STOP_TIMEOUT_S, Ending
from executor.testing.virtual_clock import EPOCH, VirtualClock
from tests.jobs import definition
from tests.simulation.test_cancels import HOUR_S, TIMEOUT_S, runs_for
from tests.simulation.world import World


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


async def test_p15_a_task_that_came_to_its_deadline_while_nobody_led_is_stopped_by_the_next_leader(
    world: World,
) -> None:
    runs_for(world, 3 * HOUR_S)
    first = world.executor("one")
    asked = world.ask()
    await world.until(lambda: world.status(asked) is JobState.RUNNING)
    first.kill()
    await asyncio.sleep(HOUR_S)
    assert len(world.launcher.running) == 1
    world.executor("two")
    await world.all_ended(within_s=STOP_TIMEOUT_S + 120)
    assert world.store.state[asked.request_id].job.failure_class == FailureClass.DEADLINE


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
