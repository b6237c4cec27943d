"""What waiting and working cost, in wakes of the warehouse and billed seconds."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from contract.request import RunRequest
from contract.states import JobState
from executor.core import waking
from tests.jobs import definition
from tests.simulation.metered_store import MeteredStore
from tests.simulation.world import Executor, World

ASLEEP_AFTER_S = 130.0


async def idle_executor(new_world: Callable[..., World], **settings: Any) -> tuple[World, MeteredStore, Executor]:
    """A world whose only executor leads, and whose warehouse has gone to sleep."""
    world = new_world(MeteredStore)
    store = world.store
    assert isinstance(store, MeteredStore)
    executor = world.executor(**settings)
    await world.until(lambda: executor.leads)
    await world.passes(ASLEEP_AFTER_S)
    store.forget_the_bill()
    return world, store, executor


def lasts(world: World, pull_s: float, run_s: float) -> None:
    world.define(
        "SALES_REPORT",
        definition(timeout_s=7_200),
        lambda arn, request: world.makes_its_report(arn, request, starts_after_s=pull_s, runs_for_s=run_s),
    )


@pytest.mark.parametrize("pull_s", [5.0, 40.0, 120.0])
async def test_p19_a_lone_job_of_five_minutes_wakes_the_warehouse_twice_at_most(
    new_world: Callable[..., World], pull_s: float
) -> None:
    world, store, _ = await idle_executor(new_world)
    lasts(world, pull_s, 300.0)
    asked = world.ask()
    await world.until(lambda: world.status(asked) is JobState.SUCCEEDED, within_s=500)
    await world.passes(ASLEEP_AFTER_S)
    assert store.wakes() == 2
    assert store.billed_s() <= 60 + waking.AWAKE_S + 65


async def test_p19_when_what_can_wait_does_not_a_lone_job_wakes_the_warehouse_a_third_time(
    new_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waking, "AWAKE_S", float("inf"))
    with pytest.raises(AssertionError):
        await test_p19_a_lone_job_of_five_minutes_wakes_the_warehouse_twice_at_most(new_world, 120.0)


async def test_who_pays_for_fresh_status_sees_a_late_start_at_once(new_world: Callable[..., World]) -> None:
    world, store, _ = await idle_executor(new_world, status_freshness_s=5.0)
    lasts(world, 120.0, 300.0)
    asked = world.ask()
    await world.until(lambda: world.status(asked) is JobState.RUNNING, within_s=170)
    assert store.wakes() == 2


async def test_p5_a_status_that_was_never_written_is_no_loss_when_the_executor_dies(
    new_world: Callable[..., World],
) -> None:
    world, _, first = await idle_executor(new_world)
    lasts(world, 120.0, 300.0)
    asked = world.ask()
    await world.passes(200)
    assert world.status(asked) is JobState.LAUNCHED
    first.kill()
    world.executor("two")
    await world.until(lambda: world.status(asked) is JobState.SUCCEEDED, within_s=400)
    assert len(world.launcher.tasks) == 1


async def test_p19_an_idle_hour_wakes_no_warehouse_and_asks_twice_a_minute(new_world: Callable[..., World]) -> None:
    _, store, executor = await idle_executor(new_world)
    before = executor.steps.count("before store.intake_token")
    await asyncio.sleep(3_600)
    assert (store.wakes(), store.billed_s()) == (0, 0)
    assert 115 <= executor.steps.count("before store.intake_token") - before <= 200


async def test_after_long_idleness_a_doorbell_is_answered_at_once_also_when_it_rang_before_the_commit(
    new_world: Callable[..., World],
) -> None:
    world, _, executor = await idle_executor(new_world)
    await asyncio.sleep(1_200)
    executor.service._board.ring(world.clock.monotonic_s())
    await world.passes(2.0)
    asked = world.ask()
    await world.until(lambda: len(world.launcher.tasks) == 1, within_s=1.5)
    assert world.status(asked) is JobState.CLAIMED or world.status(asked) is JobState.LAUNCHED


async def test_without_the_later_looks_a_doorbell_before_the_commit_is_forgotten(
    new_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waking, "bell_in_s", lambda _rung_at_s, _now_s: None)
    with pytest.raises(AssertionError):
        await test_after_long_idleness_a_doorbell_is_answered_at_once_also_when_it_rang_before_the_commit(new_world)


async def test_p1_a_request_that_comes_while_a_claim_is_made_is_seen_by_the_next_look(
    new_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, store, _ = await idle_executor(new_world)
    whole = store.claim
    late: list[RunRequest] = []

    async def asked_meanwhile(*values: object) -> None:
        await whole(*values)  # type: ignore[arg-type]  # handed on as they came
        if not late:
            late.append(world.ask())

    monkeypatch.setattr(store, "claim", asked_meanwhile)
    world.ask()
    await world.all_ended(within_s=120)
    assert [world.status(one) for one in late] == [JobState.SUCCEEDED]
