"""The caps hold while everything gets its turn."""

import sys

import pytest

from contract.policy import NO_CAPS, Caps
from contract.states import TERMINAL, JobState
from tests.jobs import definition
from tests.simulation.world import World


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


@pytest.mark.parametrize("caps", [Caps(per_type=2), Caps(per_requester=2)])
@pytest.mark.parametrize(
    "dies_at",
    ["after store.claim", "after store.claimed", "before launcher.run", "after launcher.run", "before store.write"],
)
async def test_p5_p11_what_a_dead_leader_claimed_counts_for_the_caps_of_the_next(
    world: World, dies_at: str, caps: Caps
) -> None:
    own = {"max_running_per_type": caps.per_type, "max_running_per_requester": caps.per_requester}
    first = world.executor("one", **own)
    for _ in range(6):
        world.ask()
    world.max_running = 2  # all are of one type and one requester: two tasks at a time, whoever leads
    first.dies_at = dies_at
    await world.until(lambda: first.dead)
    world.executor("two", **own)
    await world.all_ended()


async def left_by_a_leader_with_more_room(world: World) -> None:
    first = world.executor("one", max_running=8)
    first.dies_at = "before launcher.run"
    for _ in range(8):
        world.ask()
    await world.until(lambda: first.dead)
    world.max_running = 2
    world.executor("two", max_running=2)
    await world.all_ended()


async def test_p11_a_new_leader_launches_no_more_than_its_own_cap_of_what_an_earlier_one_claimed(world: World) -> None:
    await left_by_a_leader_with_more_room(world)


async def test_p11_without_counting_before_a_launch_what_an_earlier_leader_claimed_breaks_the_cap(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("executor.loops.launch.room_to_launch", lambda *_room: sys.maxsize)
    with pytest.raises(AssertionError, match="caps_never_exceeded"):
        await left_by_a_leader_with_more_room(world)
