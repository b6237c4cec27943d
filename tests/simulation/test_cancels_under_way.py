"""Cancels that meet a claim, a write or a launch under way: what is learned of them meanwhile counts at once."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from contract.job import JobRow
from contract.states import JobState
from executor.batches import Batch
from executor.core.launch_answers import LaunchAnswer, Refused, Throttled, Unknown
from executor.core.stopping import NO_TASK_AFTER_S
from executor.testing.task_life import Ending
from tests.jobs import definition
from tests.simulation.test_cancels import HOUR_S, runs_for
from tests.simulation.world import World


def tells_late(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a claim did is read two seconds later: there is time for other writes."""
    whole = world.store.claimed

    async def slowly(claim_id: str) -> list[JobRow]:
        await asyncio.sleep(2.0)
        return await whole(claim_id)

    monkeypatch.setattr(world.store, "claimed", slowly)


@pytest.mark.parametrize("delay_s", [step / 4 for step in range(1, 17)])
async def test_p16_a_cancel_that_a_write_overtakes_before_it_is_read_is_carried_out_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch, delay_s: float
) -> None:
    runs_for(world, HOUR_S)
    tells_late(world, monkeypatch)
    world.executor()
    asked = world.ask()
    await asyncio.sleep(delay_s)
    world.cancel(asked)
    await world.all_ended(within_s=25)
    assert world.status(asked) is JobState.CANCELLED
    assert world.launcher.running == []


@pytest.mark.parametrize("delay_s", [step / 2 for step in range(20)])
async def test_p16_a_cancel_that_a_planned_retry_overtakes_is_carried_out_although_there_is_no_room(
    world: World, monkeypatch: pytest.MonkeyPatch, delay_s: float
) -> None:
    world.define("SALES_REPORT", definition(max_attempts=5), lambda _arn, _request: Ending(exit_code=1))
    tells_late(world, monkeypatch)
    world.executor()
    asked = world.ask()
    await asyncio.sleep(delay_s)
    world.cancel(asked)
    monkeypatch.setattr("executor.loops.claim.room_to_claim", lambda *_facts: 0)
    await world.all_ended(within_s=25)
    assert world.status(asked) is JobState.CANCELLED


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


async def test_p16_a_launch_of_which_it_is_sure_that_it_made_no_task_is_cancelled_at_once(world: World) -> None:
    world.launcher.answer_next(Throttled("Rate exceeded"), times=1_000)
    world.executor()
    asked = [world.ask() for _ in range(3)]
    await world.until(lambda: len(world.launcher.requests) > len(asked))
    for one in asked:
        world.cancel(one)
    await world.until(lambda: all(world.status(one) is JobState.CANCELLED for one in asked), within_s=15)
    await world.passes(120)
    assert world.launcher.tasks == {}


def answers_after(world: World, monkeypatch: pytest.MonkeyPatch, seconds: float) -> list[float]:
    """Each launch is carried out, or refused, after so long; the moments of the answers are kept."""
    whole, answered_at_s = world.launcher.run, list[float]()

    async def slowly(request: Mapping[str, Any]) -> LaunchAnswer:
        await asyncio.sleep(seconds)
        answered_at_s.append(world.clock.monotonic_s())
        return await whole(request)

    monkeypatch.setattr(world.launcher, "run", slowly)
    return answered_at_s


@pytest.mark.parametrize("flies_s", [8.0, NO_TASK_AFTER_S + 30])
async def test_p16_the_task_of_a_launch_that_is_answered_after_the_cancel_is_stopped_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch, flies_s: float
) -> None:
    runs_for(world, HOUR_S)
    answered_at_s = answers_after(world, monkeypatch, flies_s)
    world.executor()
    asked = world.ask()
    await world.until(lambda: world.status(asked) is JobState.CLAIMED)
    await asyncio.sleep(1)
    world.cancel(asked)
    await world.until(lambda: bool(world.launcher.stops), within_s=flies_s + 5)
    assert world.clock.monotonic_s() - answered_at_s[0] < 1
    await world.all_ended(within_s=15)
    assert world.status(asked) is JobState.CANCELLED


async def test_p16_a_launch_that_is_refused_after_the_cancel_ends_the_job_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered_at_s = answers_after(world, monkeypatch, 8.0)
    world.launcher.answer_next(Refused("RESOURCE:CPU"), times=1_000)
    world.executor()
    asked = world.ask()
    await world.until(lambda: world.status(asked) is JobState.CLAIMED)
    await asyncio.sleep(1)
    world.cancel(asked)
    await world.all_ended(within_s=15)
    assert world.clock.monotonic_s() - answered_at_s[0] < 3
    assert (world.status(asked), len(answered_at_s)) == (JobState.CANCELLED, 1)


async def test_p16_what_is_cancelled_before_its_launch_was_sent_is_never_sent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = world.store.write

    async def slowly(fence: int, batch: Batch) -> int:
        await asyncio.sleep(6)
        return await whole(fence, batch)

    monkeypatch.setattr(world.store, "write", slowly)
    world.executor()
    asked = world.ask()
    await world.until(lambda: world.status(asked) is JobState.CLAIMED)
    world.cancel(asked)
    await world.all_ended(within_s=30)
    await world.passes(30)
    assert (world.status(asked), world.launcher.requests) == (JobState.CANCELLED, [])


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
