"""Executors that die, freeze and compete: each job has one task, and its outcome."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from contract.outcome import FailureClass
from contract.states import JobState
from executor.testing.task_life import Ending
from tests.jobs import definition
from tests.simulation.world import World

STEPS = (
    "store.claim",
    "store.claimed",
    "store.definitions",
    "artifacts.put_profile",
    "store.write",
    "launcher.run",
    "launcher.describe",
    "artifacts.manifest",
    "artifacts.put_latest",
)
HOUR_S = 3_600.0


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("side", ["before", "after"])
async def test_p5_killed_at_any_step_nothing_is_lost_and_nothing_runs_twice(world: World, step: str, side: str) -> None:
    first = world.executor("one")
    first.dies_at = f"{side} {step}"
    asked = [world.ask() for _ in range(3)]
    await world.until(lambda: first.dead)
    world.executor("two")
    await world.all_ended()
    assert {world.status(one) for one in asked} == {JobState.SUCCEEDED}
    assert len(world.launcher.tasks) == 3
    assert {row.job.attempt for row in world.store.state.values()} == {1}


@pytest.mark.parametrize("nth", range(2, 12))
async def test_p5_killed_at_any_write_nothing_is_lost_and_nothing_runs_twice(world: World, nth: int) -> None:
    first = world.executor("one")
    asked = world.ask()

    def writes() -> int:
        return sum(step.startswith("after store.") for step in first.steps)

    await world.until(lambda: writes() >= nth, within_s=60)
    first.kill()
    world.executor("two")
    await world.all_ended()
    assert world.status(asked) is JobState.SUCCEEDED
    assert len(world.launcher.tasks) == 1


async def test_p2_p5_a_task_outlives_its_token_and_a_dead_executor_and_stays_the_only_one(world: World) -> None:
    world.define(
        "LONG_REPORT",
        definition(timeout_s=86_400, max_attempts=1),
        lambda arn, request: world.makes_its_report(arn, request, runs_for_s=26 * HOUR_S),
    )
    first = world.executor("one")
    first.dies_at = "after launcher.run"
    asked = world.ask(report_type="LONG_REPORT")
    await world.until(lambda: first.dead)
    await asyncio.sleep(25 * HOUR_S)
    world.executor("two")
    await world.passes(60)
    assert len(world.launcher.tasks) == 1
    # No report may run as long as a token lives, so it ends by its deadline.
    await world.all_ended()
    assert world.store.state[asked.request_id].job.failure_class == FailureClass.DEADLINE
    assert len(world.launcher.tasks) == 1


async def test_p3_an_executor_that_wakes_up_late_changes_nothing_and_steps_down(world: World) -> None:
    first = world.executor("one")
    asked = world.ask()
    await world.until(lambda: world.status(asked) is JobState.RUNNING)
    first.frozen.clear()
    second = world.executor("two")
    await world.until(lambda: world.status(asked) is JobState.SUCCEEDED)
    before = dict(world.store.state), list(world.store.events), list(world.store.results)
    first.frozen.set()
    await world.passes(60)
    assert (world.store.state, world.store.events, world.store.results) == before
    assert (first.leads, second.leads) == (False, True)


async def test_p17_of_two_executors_one_leads_and_each_job_has_one_task(world: World) -> None:
    both = [world.executor("one"), world.executor("two")]
    asked = [world.ask() for _ in range(30)]
    await world.all_ended()
    assert {world.status(one) for one in asked} == {JobState.SUCCEEDED}
    assert [executor.leads for executor in both].count(True) == 1
    assert len(world.launcher.tasks) == 30


async def test_p17_when_the_lease_object_is_deleted_each_job_still_has_one_task(world: World) -> None:
    world.executor("one")
    await world.passes(2)
    asked = [world.ask() for _ in range(10)]
    world.lease.remove()
    world.executor("two")
    await world.all_ended()
    assert {world.status(one) for one in asked} == {JobState.SUCCEEDED}
    assert len(world.launcher.tasks) == 10


async def test_a_stopped_executor_writes_what_it_knows_and_lets_the_next_one_begin_at_once(world: World) -> None:
    first = world.executor("one")
    asked = world.ask()
    await world.until(lambda: world.status(asked) is JobState.LAUNCHED)
    await first.ends()
    second = world.executor("two")
    await world.until(lambda: second.leads, within_s=5)
    await world.all_ended()
    assert world.status(asked) is JobState.SUCCEEDED
    assert len(world.launcher.tasks) == 1


async def test_p7_a_task_whose_executor_died_is_adopted_and_not_stopped(world: World) -> None:
    first = world.executor("one")
    asked = world.ask()
    await world.until(lambda: world.status(asked) is JobState.RUNNING)
    first.kill()
    second = world.executor("two")
    await world.until(lambda: second.leads, within_s=60)
    await world.all_ended()
    assert world.store.state[asked.request_id].job.attempt == 1
    assert len(world.launcher.tasks) == 1


async def test_p6_what_finished_while_nobody_looked_does_not_run_again(world: World) -> None:
    first = world.executor("one")
    asked = world.ask()
    await world.until(lambda: world.status(asked) is JobState.LAUNCHED)
    first.kill()
    await asyncio.sleep(2 * HOUR_S)
    (arn,) = world.launcher.tasks
    assert not world.launcher.running
    world.launcher.forget(arn)
    world.executor("two")
    await world.all_ended()
    assert world.status(asked) is JobState.SUCCEEDED
    assert len(world.launcher.tasks) == 1


async def test_p6_a_task_that_ecs_forgot_and_that_left_nothing_is_made_again(world: World) -> None:
    def hangs_once(arn: str, request: Mapping[str, Any]) -> Ending:
        runs_for_s = HOUR_S if len(world.launcher.tasks) == 0 else 5.0
        return world.makes_its_report(arn, request, runs_for_s=runs_for_s)

    world.define("SALES_REPORT", definition(), hangs_once)
    world.executor()
    asked = world.ask()
    await world.until(lambda: world.status(asked) is JobState.RUNNING)
    (arn,) = world.launcher.tasks
    world.launcher.stop(arn, stop_code="UserInitiated", reason="gone")
    world.launcher.forget(arn)
    await world.all_ended()
    job = world.store.state[asked.request_id].job
    assert (job.status, job.attempt, job.user_failures, job.infra_failures) == (JobState.SUCCEEDED, 2, 0, 1)
