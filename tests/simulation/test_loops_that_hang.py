"""A loop that hangs ends the process; one that is long at work, or waits for an outage to pass, does not."""

import asyncio

import pytest

from executor.core.health import DEAD_S
from executor.loops.looper import LoopDiedError
from executor.pulse import Pulse
from executor.service import LET_GO_S, VITALS_EVERY_S
from tests.simulation.world import World


async def until_it_ends(task: asyncio.Task[None]) -> float:
    """Seconds until a service ended, which it must because a loop is dead."""
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    with pytest.RaisesGroup(pytest.RaisesExc(LoopDiedError, match="gave no sign of life")):
        await asyncio.wait_for(task, 10 * DEAD_S)
    return loop.time() - began_s


async def test_p24_a_loop_that_hangs_ends_the_process_though_nothing_answers_any_more(world: World) -> None:
    executor = world.executor()
    await world.passes(10)
    executor.frozen.clear()
    assert await until_it_ends(executor.task) <= DEAD_S + 60 + 2 * VITALS_EVERY_S + LET_GO_S


async def test_p14_a_long_outage_is_no_reason_to_end(world: World) -> None:
    executor = world.executor()
    await world.passes(10)
    executor.away |= {"store", "launcher", "artifacts", "lease"}
    await world.passes(3 * DEAD_S)
    executor.away.clear()
    asked = world.ask()
    await world.all_ended()
    assert asked.request_id in world.store.state
    assert not executor.task.done()


async def long_round(world: World) -> asyncio.Task[None]:
    """A launch round that lasts for longer than a dead loop may, with an answer now and then."""
    run, one_at_a_time = world.launcher.run, asyncio.Lock()

    async def slow(request: object) -> object:
        async with one_at_a_time:
            await asyncio.sleep(60)
        return await run(request)  # type: ignore[arg-type]  # passed on as it came

    world.launcher.run = slow  # type: ignore[assignment, method-assign]  # the same, slower
    executor = world.executor(max_running=500)
    for _ in range(15):
        world.ask()
    return executor.task


async def test_a_round_that_lasts_long_is_at_work_as_long_as_the_world_answers(world: World) -> None:
    task = await long_round(world)
    await world.passes(DEAD_S + 120)
    assert not task.done()


async def test_without_signs_of_life_a_long_round_would_be_taken_for_dead(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pulse, "answered", lambda _self: None)
    await until_it_ends(await long_round(world))
