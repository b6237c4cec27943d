"""Tasks and rows that lost each other."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from contract.states import JobState
from executor.core import reconcile
from executor.core.reconcile import ORPHAN_AFTER_S, Owner
from executor.loops.reconcile import Reconcile
from executor.testing.memory_queue import StateRow
from executor.testing.task_life import Ending, FakeTask
from tests.simulation.test_waking import idle_executor, lasts
from tests.simulation.world import World

HOUR_S = 3_600.0


def stray(world: World, started_by: str) -> str:
    """A task that this executor did not launch, running for a day."""
    arn = f"arn:aws:ecs:us-east-1:123456789012:task/reporting/{len(world.launcher.tasks):032x}"
    ending = Ending(runs_for_s=24 * HOUR_S)
    world.launcher.tasks[arn] = FakeTask(arn, started_by, "report", "FARGATE", world.clock.now(), ending)
    return arn


def runs(world: World, arn: str) -> bool:
    return any(task.arn == arn for task in world.launcher.running)


async def test_p7_a_task_that_no_job_needs_is_stopped_after_ten_minutes_and_a_neighbours_never(world: World) -> None:
    ghost = stray(world, "reporting/test/ghost/1")
    others = [stray(world, tag) for tag in ("reporting/test2/ghost/1", "reporting/tes/ghost/1", "ecs-svc/1", "")]
    world.executor()
    await asyncio.sleep(ORPHAN_AFTER_S - 60)
    assert runs(world, ghost)
    await asyncio.sleep(400)
    assert not runs(world, ghost)
    await asyncio.sleep(1_000)
    assert all(runs(world, arn) for arn in others)
    assert {(arn, reason.split(":")[0]) for arn, reason in world.launcher.stops} == {(ghost, "reporting")}


async def test_p7_without_looking_whose_a_task_is_a_neighbours_is_stopped(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile, "owner", lambda _task, _installation: Owner("ghost", 1))
    with pytest.raises(AssertionError):
        await test_p7_a_task_that_no_job_needs_is_stopped_after_ten_minutes_and_a_neighbours_never(world)


async def test_p7_without_waiting_ten_minutes_young_tasks_are_stopped(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile, "ORPHAN_AFTER_S", 0.0)
    with pytest.raises(AssertionError):
        await test_p7_a_task_that_no_job_needs_is_stopped_after_ten_minutes_and_a_neighbours_never(world)


async def test_p7_a_task_of_a_request_that_nobody_claimed_is_left_to_find_its_job(world: World) -> None:
    waits = world.ask(not_before=world.clock.now().replace(year=world.clock.now().year + 1))
    arn = stray(world, f"reporting/test/{waits.job_id}/1")
    world.executor()
    await asyncio.sleep(1_500)
    assert runs(world, arn)


async def test_p2_a_task_whose_attempt_was_given_up_is_stopped_when_ecs_shows_it_again(world: World) -> None:
    lasts(world, 2.0, 1_700.0)
    world.executor()
    asked = world.ask()
    await world.until(lambda: world.status(asked) is JobState.RUNNING)
    (first,) = world.launcher.tasks
    world.launcher.forget(first)
    await asyncio.sleep(120)
    assert len(world.launcher.tasks) == 2
    world.launcher.tasks[first].forgotten = False
    await asyncio.sleep(ORPHAN_AFTER_S + 400)
    assert (first in world.launcher.tasks, runs(world, first)) == (True, False)
    await asyncio.sleep(1_700)
    await world.until(lambda: world.status(asked) is JobState.SUCCEEDED, within_s=300)
    assert world.store.state[asked.request_id].job.attempt == 2


async def _row_under_another_fence(world: World) -> None:
    lasts(world, 20.0, 5.0)
    world.executor()
    asked = world.ask()
    await world.until(lambda: world.status(asked) is JobState.LAUNCHED)
    row = world.store.state[asked.request_id]
    world.store.state[asked.request_id] = StateRow(row.job, row.fence - 1, row.duplicate_of)
    await world.until(lambda: world.status(asked) is JobState.SUCCEEDED, within_s=60)
    assert len(world.launcher.tasks) == 1


async def test_p1_an_open_row_that_went_astray_is_taken_on_again_at_once(world: World) -> None:
    await _row_under_another_fence(world)


async def test_p1_without_taking_rows_on_again_a_row_that_went_astray_waits_for_the_next_leader(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(_self: Reconcile, _fence: int) -> None:
        return None

    monkeypatch.setattr(Reconcile, "_take_rows", nothing)
    with pytest.raises(AssertionError):
        await _row_under_another_fence(world)


async def test_p1_a_job_that_fell_off_the_board_is_found_by_its_task_and_taken_on_again(world: World) -> None:
    lasts(world, 2.0, 1_000.0)
    executor = world.executor()
    asked = world.ask()
    await world.until(lambda: world.status(asked) is JobState.RUNNING)
    await world.passes(60)
    executor.service._board.jobs.clear()
    await asyncio.sleep(1_300)
    await world.until(lambda: world.status(asked) is JobState.SUCCEEDED, within_s=60)
    assert len(world.launcher.tasks) == 1


async def test_p3_a_leader_whose_fence_is_gone_stops_nothing(world: World) -> None:
    ghost = stray(world, "reporting/test/ghost/1")
    executor = world.executor()
    await world.passes(ORPHAN_AFTER_S - 60)
    leader = world.store.leader_row
    assert leader is not None
    world.store.leader_row = replace(leader, fence=leader.fence + 1, holder="another")
    await world.until(lambda: not executor.leads, within_s=600)
    assert runs(world, ghost)
    assert world.launcher.stops == []


async def test_p19_comparing_needs_no_warehouse_while_all_tasks_are_known(new_world: Callable[..., World]) -> None:
    world, store, _ = await idle_executor(new_world)
    lasts(world, 2.0, 1_700.0)
    asked = world.ask()
    await world.until(lambda: world.status(asked) is JobState.RUNNING)
    stray(world, "reporting/neighbour/job/1")
    await world.passes(130)
    store.forget_the_bill()
    await asyncio.sleep(1_200)
    assert store.wakes() == 0


async def test_more_tasks_than_a_page_holds_are_all_compared(world: World) -> None:
    ghosts = [stray(world, f"reporting/test/ghost-{number}/1") for number in range(15)]
    others = [stray(world, "ecs-svc/1") for _ in range(240)]
    late = stray(world, "reporting/test/ghost-late/1")
    world.launcher.tasks = {arn: world.launcher.tasks[arn] for arn in [*others, *ghosts, late]}
    executor = world.executor()
    await asyncio.sleep(ORPHAN_AFTER_S + 330)
    assert {arn for arn, _ in world.launcher.stops} == {*ghosts, late}
    calls = sum(step == "before launcher.describe" for step in executor.steps)
    assert calls <= 3 + 3, "what is known to be another's is not asked about again"
