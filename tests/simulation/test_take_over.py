"""The seven steps of a take-over, and rivals who do not know of each other."""

from collections.abc import Callable

import pytest

from contract.states import JobState
from executor.core.leadership import STATEMENT_TIMEOUT_S
from executor.loops.launch import Launch
from executor.testing.memory_lease import MemoryLease
from tests.simulation.locking_store import LockingStore
from tests.simulation.world import World


class SeesItsBeginning(LockingStore):
    """The other reading of Snowflake's locks."""

    sees_anew = False


@pytest.mark.parametrize("nth", range(8))
async def test_p5_a_stand_by_leads_within_30_s_of_a_kill(world: World, nth: int) -> None:
    first, second = world.executor("one"), world.executor("two")
    await world.until(lambda: first.leads or second.leads)
    leader, stand_by = (first, second) if first.leads else (second, first)
    await world.passes(60 + 0.7 * nth)
    leader.kill()
    await world.until(lambda: stand_by.leads, within_s=30)


async def test_a_stand_by_leaves_the_work_of_a_leader_alone_until_its_bells_ring(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[float] = []
    whole = Launch.tick

    async def counted(self: Launch) -> None:
        looks.append(world.clock.monotonic_s())
        await whole(self)

    first = world.executor("one")
    await world.until(lambda: first.leads)
    monkeypatch.setattr(Launch, "tick", counted)
    second = world.executor("two")
    await world.passes(300)
    assert looks == []
    first.kill()
    await world.until(lambda: second.leads, within_s=30)
    began_s = world.clock.monotonic_s()
    await world.passes(1)
    assert looks
    assert looks[0] - began_s < 1


@pytest.mark.parametrize("store", [LockingStore, SeesItsBeginning])
async def test_p3_p17_a_claim_that_waits_for_a_lock_while_another_takes_over_doubles_nothing(
    new_world: Callable[..., World], store: type[LockingStore]
) -> None:
    world = new_world(store)
    queue = world.store
    assert isinstance(queue, LockingStore)
    first = world.executor("one")
    await world.until(lambda: first.leads)
    queue.held_s = STATEMENT_TIMEOUT_S - 0.5
    asked = [world.ask() for _ in range(5)]
    await world.until(lambda: queue.held_s == 0)
    world.lease.remove()
    world.executor("two")
    await world.all_ended()
    assert queue.doubled == []
    assert {world.status(one) for one in asked} == {JobState.SUCCEEDED}
    assert len(world.launcher.tasks) == 5


@pytest.mark.parametrize("store", [LockingStore, SeesItsBeginning])
async def test_p3_a_write_that_waits_for_a_lock_while_another_takes_over_does_not_turn_a_job_back(
    new_world: Callable[..., World], store: type[LockingStore]
) -> None:
    world = new_world(store)
    queue = world.store
    assert isinstance(queue, LockingStore)
    first = world.executor("one")
    asked = world.ask()
    await world.until(lambda: world.status(asked) is JobState.LAUNCHED)
    queue.held_s = STATEMENT_TIMEOUT_S - 0.5
    await world.until(lambda: queue.held_s == 0)
    first.kill()
    world.lease.remove()
    world.executor("two")
    await world.all_ended()
    assert world.status(asked) is JobState.SUCCEEDED
    assert len(world.launcher.tasks) == 1


async def test_the_old_leaders_session_is_silenced_first(world: World) -> None:
    first = world.executor("one")
    await world.until(lambda: first.leads)
    first.kill()
    second = world.executor("two")
    await world.until(lambda: second.leads, within_s=60)
    assert world.store.silenced == ["session of one"]


async def test_a_take_over_that_is_broken_off_does_not_free_the_lease_as_if_all_were_quiet(world: World) -> None:
    first = world.executor("one")
    await world.until(lambda: first.leads)
    first.kill()
    second = world.executor("two")
    await world.until(lambda: world.store.silenced != [], within_s=60)
    assert not second.leads
    await second.ends()
    lease = await world.lease.read()
    assert lease is not None
    assert (lease.holder, lease.released) == ("two", False)


async def test_p17_two_buckets_on_one_queue_double_nothing_and_leave_each_other_time_to_work(world: World) -> None:
    first = world.executor("one")
    await world.until(lambda: first.leads)
    world.lease = MemoryLease(world.clock.monotonic_s)
    world.executor("two")
    asked = []
    for _ in range(20):
        asked.append(world.ask())
        await world.passes(40)
    await world.all_ended(within_s=600)
    assert {world.status(one) for one in asked} == {JobState.SUCCEEDED}
    assert len(world.launcher.tasks) == 20
    assert 2 < await world.store.fence() < 14


async def test_p3_nothing_is_written_while_the_lease_is_trusted_for_less_than_a_statement_takes(world: World) -> None:
    first = world.executor("one")
    asked = world.ask()
    await world.until(lambda: world.status(asked) is JobState.LAUNCHED)
    first.away.add("lease")
    await world.until(lambda: not first.service._board.may_send(world.clock.monotonic_s()), within_s=30)
    steps = len(first.steps)
    await world.passes(STATEMENT_TIMEOUT_S + 5)
    assert not [step for step in first.steps[steps:] if step in {"after store.write", "after store.claim"}]
    first.away.clear()
    await world.all_ended()
    assert world.status(asked) is JobState.SUCCEEDED
