"""Pauses and prunings, carried out by the whole executor over fakes."""

from dataclasses import replace

from contract.commands import ALL_TYPES, CommandKind
from contract.states import JobState
from executor.testing.memory_queue import StateRow
from tests.jobs import definition
from tests.simulation.world import World


async def test_a_paused_type_waits_while_others_run_and_idles_without_a_question(world: World) -> None:
    world.define("OTHER_REPORT", definition())
    world.store.order(CommandKind.PAUSE, "SALES_REPORT")
    executor = world.executor()
    paused, other = world.ask(), world.ask(report_type="OTHER_REPORT")
    await world.until(lambda: world.status(other) is JobState.SUCCEEDED)
    assert world.status(paused) is JobState.QUEUED
    assert world.store.pauses["SALES_REPORT"].paused
    await world.passes(60)
    before = len(executor.steps)
    await world.passes(300)
    assert {step for step in executor.steps[before:] if "store" in step} == {
        "before store.intake_token",
        "after store.intake_token",
    }
    world.store.order(CommandKind.RESUME, ALL_TYPES)
    await world.until(lambda: world.status(paused) is JobState.SUCCEEDED, within_s=60)


async def test_what_runs_runs_on_while_everything_is_paused_and_its_next_try_waits(world: World) -> None:
    world.executor()
    running = world.ask()
    await world.until(lambda: world.status(running) is JobState.RUNNING)
    world.store.order(CommandKind.PAUSE, ALL_TYPES)
    (arn,) = world.launcher.tasks
    world.launcher.stop(arn, stop_code="SpotInterruption", reason="Your Spot Task was interrupted.")
    executor = world.executors[0]
    await world.passes(180)
    assert world.status(running) is JobState.RETRY_WAIT
    before = len(executor.steps)
    await world.passes(120)
    assert not any("store.claim" in step for step in executor.steps[before:])
    world.store.order(CommandKind.RESUME, ALL_TYPES)
    await world.all_ended(within_s=60)
    assert world.store.state[running.request_id].job.attempt == 2


async def test_an_order_to_prune_is_carried_out_once_also_when_its_executor_dies(world: World) -> None:
    first = world.executor("one")
    old = world.ask()
    await world.all_ended()
    world.store.state[old.request_id] = _older(world, old.request_id)
    first.dies_at = "after store.prune"
    world.store.order(CommandKind.PRUNE, keep_days=30)
    await world.until(lambda: first.dead, within_s=30)
    assert old.request_id not in world.store.intake
    world.executor("two")
    young = world.ask()
    await world.all_ended()
    await world.passes(30)
    assert (list(world.store.intake), world.store.orders) == ([young.request_id], [])


async def test_p24_an_order_to_prune_without_days_forgets_nothing_and_goes(world: World) -> None:
    world.executor()
    asked = world.ask()
    await world.all_ended()
    world.store.order(CommandKind.PRUNE)
    await world.until(lambda: not world.store.orders, within_s=30)
    assert asked.request_id in world.store.intake


def _older(world: World, key: str) -> StateRow:
    row = world.store.state[key]
    finished_at = world.clock.now().replace(year=world.clock.now().year - 1)
    return replace(row, job=replace(row.job, finished_at=finished_at))
