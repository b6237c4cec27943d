"""Doorbells and task events: sooner than looking, and never more than a reason to look."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from contract.manifest import StartMarker
from contract.outcome import FailureClass
from contract.states import JobState
from executor.board import Board
from executor.core import waking
from executor.testing.memory_hints import MemoryHints
from executor.testing.programs import result_uri, spec_of
from executor.testing.task_life import Ending
from tests.jobs import definition
from tests.simulation.test_waking import lasts
from tests.simulation.world import World

HOUR_S = 3_600.0


@pytest.fixture
def listening(world: World) -> World:
    """A world with a hints queue."""
    world.hints = MemoryHints(world.clock.monotonic_s)
    return world


def queue_of(world: World) -> MemoryHints:
    assert world.hints is not None
    return world.hints


def ring(world: World) -> None:
    queue_of(world).send(json.dumps({"Type": "Notification", "Message": "{}"}))


def tell(world: World, arn: str, status: str | None = None) -> None:
    """What EventBridge says of a task as it is now, or as it was in an earlier status."""
    task = world.launcher.tasks[arn].view(world.clock.now())
    ended = {"stopCode": task.stop_code, "stoppedReason": task.stopped_reason} if task.stopped else {}
    moments = {"startedAt": task.started_at, "stoppedAt": task.stopped_at}
    detail = {
        "taskArn": arn,
        "lastStatus": status or task.last_status,
        "startedBy": task.started_by,
        "containers": [{"name": one.name, "exitCode": one.exit_code} for one in task.containers],
        **ended,
        **{name: at.isoformat() for name, at in moments.items() if at is not None},
    }
    event = {"source": "aws.ecs", "detail-type": "ECS Task State Change", "detail": detail}
    queue_of(world).send(json.dumps(event))


async def test_between_a_claim_and_its_launch_stands_nothing_but_the_intent(listening: World) -> None:
    executor = listening.executor()
    listening.ask()
    await listening.until(lambda: "after launcher.run" in executor.steps)
    await listening.passes(60)
    del executor.steps[:]
    listening.ask()
    ring(listening)
    await listening.until(lambda: "after store.next_due_s" in executor.steps)
    claimed, sent = (executor.steps.index(step) for step in ("after store.claimed", "before launcher.run"))
    between = [step for step in executor.steps[claimed + 1 : sent] if "store" in step]
    assert between == ["before store.write", "after store.write"]


async def test_a_doorbell_after_long_idleness_starts_a_job_in_a_second_and_is_kept_until_the_last_look(
    listening: World,
) -> None:
    world = listening
    world.executor()
    await asyncio.sleep(1_200)
    world.ask()
    ring(world)
    await world.until(lambda: len(world.launcher.tasks) == 1, within_s=1.5)
    await world.passes(waking.LOOKS_AFTER_BELL_S[-1] - 3)
    assert len(queue_of(world)) == 1
    await world.until(lambda: len(queue_of(world)) == 0, within_s=6)


async def _ends_at_once(world: World) -> str:
    board = world.executor(watch_interval_s=60.0).service._board
    lasts(world, 1.0, 300.0)
    asked = world.ask()
    await world.until(lambda: any(job.status is JobState.RUNNING for job in board.jobs.values()), within_s=150)
    (arn,) = world.launcher.tasks
    await world.until(lambda: not world.launcher.running, within_s=400)
    tell(world, arn)
    await world.until(lambda: world.status(asked) is JobState.SUCCEEDED, within_s=5)
    return asked.request_id


async def test_an_event_of_a_tasks_end_brings_the_next_look_forward(listening: World) -> None:
    await _ends_at_once(listening)
    await listening.until(lambda: len(queue_of(listening)) == 0, within_s=3)


async def test_without_hastening_the_look_the_end_is_seen_late(
    listening: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Board, "hasten", lambda _self, _request_id: None)
    with pytest.raises(AssertionError):
        await _ends_at_once(listening)


async def test_the_event_of_an_end_is_acknowledged_when_the_outcome_is_written_and_not_before(
    listening: World,
) -> None:
    world = listening
    world.executor()
    asked = world.ask()
    await world.until(lambda: world.status(asked) is JobState.RUNNING)
    (arn,) = world.launcher.tasks
    world.store.faults.fail("write", 1_000)
    await world.until(lambda: not world.launcher.running)
    tell(world, arn)
    await world.passes(60)
    assert len(queue_of(world)) == 1
    world.store.faults.restore("write")
    await world.until(lambda: len(queue_of(world)) == 0, within_s=60)
    assert world.status(asked) is JobState.SUCCEEDED


async def test_duplicates_disorder_and_events_of_strangers_change_nothing(listening: World) -> None:
    world = listening
    world.executor()
    asked = [world.ask() for _ in range(3)]
    await world.until(lambda: len(world.launcher.tasks) == 3)
    for arn in world.launcher.tasks:
        for status in ("RUNNING", "PENDING", "RUNNING", "STOPPED"):
            tell(world, arn, status)
    for body in ("", "null", "{}", json.dumps({"source": "aws.ecs", "detail-type": "ECS Task State Change"})):
        queue_of(world).send(body)
    await world.all_ended()
    for arn in world.launcher.tasks:
        tell(world, arn)
        tell(world, arn, "RUNNING")
    await world.until(lambda: len(queue_of(world)) == 0, within_s=30)
    assert {world.status(one) for one in asked} == {JobState.SUCCEEDED}
    assert (len(world.launcher.tasks), len(world.store.results)) == (3, 3)
    assert queue_of(world).dead_letters == []


async def _forgotten_by_ecs_but_told(world: World) -> None:
    def fails_once(arn: str, request: Mapping[str, Any]) -> Ending:
        spec = spec_of(request, world.artifacts)
        world.artifacts.mark_start(result_uri(spec), StartMarker(task_arn=arn, started_at=world.clock.now()))
        return Ending(exit_code=13) if spec.attempt == 1 else world.makes_its_report(arn, request)

    world.define("SALES_REPORT", definition(), fails_once)
    first = world.executor("one")
    asked = world.ask()
    await world.until(lambda: world.status(asked) is JobState.LAUNCHED)
    first.kill()
    await asyncio.sleep(2 * HOUR_S)
    (arn,) = world.launcher.tasks
    tell(world, arn)
    world.launcher.forget(arn)
    world.executor("two")
    await world.all_ended()
    found = world.store.results[0].verdict
    assert found is not None
    assert found.failure_class is FailureClass.SNOWFLAKE_UNREACHABLE


async def test_p6_how_a_task_ended_that_ecs_forgot_is_known_from_its_event(listening: World) -> None:
    await _forgotten_by_ecs_but_told(listening)


async def test_p6_without_its_event_such_a_task_is_lost(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.hints = MemoryHints(world.clock.monotonic_s)
    monkeypatch.setattr("executor.loops.hints.hints.read", lambda _body: waking)
    with pytest.raises(AssertionError):
        await _forgotten_by_ecs_but_told(world)


async def test_p5_what_a_dead_leader_heard_and_did_not_finish_comes_to_the_next_one(listening: World) -> None:
    world = listening
    first = world.executor("one")
    await world.until(lambda: first.leads)
    await world.passes(1)
    ring(world)
    await world.passes(1)
    first.kill()
    second = world.executor("two")
    await world.until(lambda: second.leads, within_s=60)
    assert len(queue_of(world)) == 1
    await world.until(lambda: len(queue_of(world)) == 0, within_s=180)


async def test_only_the_leader_receives_and_a_queue_that_is_away_stops_nothing(
    new_world: Callable[..., World],
) -> None:
    world = new_world()
    world.hints = MemoryHints(world.clock.monotonic_s)
    first, second = world.executor("one"), world.executor("two")
    await world.until(lambda: first.leads or second.leads)
    leader, stand_by = (first, second) if first.leads else (second, first)
    await world.passes(60)
    assert not any(step.endswith("hints.receive") for step in stand_by.steps)
    assert any(step.endswith("hints.receive") for step in leader.steps)
    leader.away.add("hints")
    asked = world.ask()
    await world.until(lambda: world.status(asked) is JobState.SUCCEEDED, within_s=60)


async def test_a_stop_does_not_wait_for_a_question_that_is_open(listening: World) -> None:
    executor = listening.executor()
    await listening.until(lambda: executor.leads)
    await listening.passes(3)
    before_s = listening.clock.monotonic_s()
    await executor.ends()
    assert listening.clock.monotonic_s() - before_s < 2
