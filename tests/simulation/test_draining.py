"""An executor that works until the queue is empty, and ends."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from contract.request import RequestOptions
from contract.states import JobState
from executor.testing.task_life import Ending
from tests.jobs import definition
from tests.simulation.world import World


async def test_it_ends_when_every_job_has_ended_and_not_before(world: World) -> None:
    asked = [world.ask() for _ in range(30)]
    executor = world.drain()
    await world.until(executor.task.done, within_s=600)
    assert {world.status(one) for one in asked} == {JobState.SUCCEEDED}
    assert not world.launcher.running
    executor.task.result()


async def test_an_empty_queue_ends_it_within_a_minute(world: World) -> None:
    executor = world.drain()
    await world.until(executor.task.done, within_s=60)
    executor.task.result()


async def test_it_waits_for_a_retry_and_makes_it(world: World) -> None:
    tried: list[str] = []

    def fails_once(arn: str, request: Mapping[str, Any]) -> Ending:
        tried.append(arn)
        return Ending(exit_code=1) if len(tried) == 1 else world.makes_its_report(arn, request)

    world.define("FLAKY", definition(), fails_once)
    asked = world.ask(report_type="FLAKY", options=RequestOptions(max_attempts=2))
    executor = world.drain()
    await world.until(executor.task.done, within_s=900)
    assert (world.status(asked), len(tried)) == (JobState.SUCCEEDED, 2)


async def test_a_job_of_tomorrow_is_left_for_the_next_one(world: World) -> None:
    asked = world.ask(not_before=world.clock.now() + timedelta(days=1))
    executor = world.drain()
    await world.until(executor.task.done, within_s=120)
    assert world.status(asked) is JobState.QUEUED


async def test_beside_an_executor_that_leads_it_ends_and_leaves_the_queue_to_it(world: World) -> None:
    leader = world.executor("leader")
    await world.until(lambda: leader.leads, within_s=60)
    drain = world.drain()
    await world.until(drain.task.done, within_s=300)
    assert leader.leads
