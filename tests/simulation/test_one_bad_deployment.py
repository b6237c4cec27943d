"""One bad deployment: no task gets to run, and the queue is still there when it has been corrected."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from contract.states import JobState
from executor.core.breaker import FINAL_AFTER, Breaker, Phase
from executor.core.launch_answers import Errored
from executor.testing.task_life import Ending
from tests.jobs import definition
from tests.simulation.world import World

HOUR_S = 3_600.0
NO_IMAGE = "CannotPullContainerError: failed to resolve ref 1.dkr.ecr.us-east-1.amazonaws.com/r:7: not found"
NO_CLUSTER = Errored("ClusterNotFoundException", "Cluster not found.", 400)
NO_TASK_DEFINITION = Errored("ClientException", "Unable to describe task definition.", 400)
JOBS = 25
BROKEN_FOR_S = 200.0


def never_starts(_arn: str, _request: Mapping[str, Any]) -> Ending:
    return Ending(None, starts_after_s=None, stop_code="TaskFailedToStart", reason=NO_IMAGE)


def counts(world: World) -> Counter[JobState]:
    return Counter(world.status(asked.request) for asked in world.store.intake.values())


def phase(world: World) -> Phase | None:
    kept: Breaker | None = world.store.kept_breaker
    return kept.phase if kept else None


async def broken(world: World) -> None:
    world.define("SALES_REPORT", definition(), never_starts)
    world.executor("one")
    for _ in range(JOBS):
        world.ask()
    await asyncio.sleep(BROKEN_FOR_S)


async def test_p8_p10_a_missing_image_does_not_burn_the_queue(world: World) -> None:
    await broken(world)
    assert counts(world)[JobState.FAILED] < FINAL_AFTER
    assert len(world.launcher.tasks) <= 20 + 8
    assert phase(world) in {Phase.OPEN, Phase.HALF_OPEN}
    kept = world.store.kept_breaker
    assert kept is not None
    assert kept.cause_id == "image_not_found"
    assert NO_IMAGE in str(kept.diagnosis)
    world.programs.clear()
    await world.all_ended(within_s=1_800)
    assert counts(world)[JobState.SUCCEEDED] > JOBS - FINAL_AFTER
    assert phase(world) is Phase.CLOSED


async def test_p10_while_launches_are_held_back_one_job_at_a_time_is_tried_and_not_always_the_same(
    world: World,
) -> None:
    await broken(world)
    tried, most = [], 0

    def watch() -> bool:
        nonlocal most
        most = max(most, len(world.launcher.running))
        return len(world.launcher.tasks) > before + 2

    before = len(world.launcher.tasks)
    await world.until(watch, within_s=1_200)
    tried = [task.started_by for task in list(world.launcher.tasks.values())[before:]]
    assert most == 1
    assert len(set(tried)) == len(tried)


async def test_another_task_definition_is_tried_at_once(world: World) -> None:
    await broken(world)
    await world.executors[0].ends()
    world.programs.clear()
    world.executor("two", task_definition="reporting-job:4")
    tasks = len(world.launcher.tasks)
    await world.until(lambda: len(world.launcher.tasks) > tasks, within_s=60)
    await world.until(lambda: phase(world) is Phase.CLOSED, within_s=10)
    await world.all_ended(within_s=1_800)
    assert counts(world)[JobState.SUCCEEDED] > JOBS - FINAL_AFTER


async def test_the_next_leader_knows_that_launches_are_held_back(world: World) -> None:
    await broken(world)
    world.executors[0].kill()
    before = len(world.launcher.tasks)
    world.executor("two")
    await world.passes(300)
    assert len(world.launcher.tasks) - before <= 6
    assert counts(world)[JobState.FAILED] < FINAL_AFTER


async def test_p10_cancels_of_what_never_started_do_not_let_launches_go_on(world: World) -> None:
    await broken(world)
    world.define("SALES_REPORT", definition(), lambda _arn, _request: Ending(None, starts_after_s=None, runs_for_s=900))
    asked = {one.request.request_id: one.request for one in world.store.intake.values()}

    def pending() -> list[str]:
        return [key for key, row in world.store.state.items() if row.job.status is JobState.LAUNCHED]

    await world.until(lambda: bool(world.launcher.running) and bool(pending()), within_s=1_200)
    (probe,) = pending()
    world.cancel(asked[probe])
    await world.until(lambda: world.status(asked[probe]) is JobState.CANCELLED, within_s=120)
    assert phase(world) is not Phase.CLOSED


@pytest.mark.parametrize(
    ("answer", "cause_id"), [(NO_CLUSTER, "cluster_not_found"), (NO_TASK_DEFINITION, "task_definition_missing")]
)
async def test_p9_a_missing_cluster_or_task_definition_ends_the_first_jobs_with_the_reason_and_keeps_the_others(
    world: World, answer: Errored, cause_id: str
) -> None:
    world.launcher.answer_next(answer, times=12)
    world.executor()
    for _ in range(20):
        world.ask()
    await world.all_ended(within_s=3 * HOUR_S)
    assert counts(world) == {JobState.FAILED: FINAL_AFTER - 1, JobState.SUCCEEDED: 21 - FINAL_AFTER}
    verdicts = [result.verdict for result in world.store.results if result.verdict is not None]
    assert {verdict.cause_id for verdict in verdicts} == {cause_id}


async def test_p10_a_job_that_cannot_start_by_its_own_fault_ends_while_others_run(world: World) -> None:
    world.define("POISON", definition(), never_starts)
    world.executor()
    poison, good = [], []
    for number in range(30):
        good.append(world.ask())
        if number % 10 == 0:
            poison.append(world.ask(report_type="POISON", priority=90))
        await world.passes(8)
    await world.all_ended(within_s=HOUR_S)
    assert {world.status(one) for one in good} == {JobState.SUCCEEDED}
    assert {world.status(one) for one in poison} == {JobState.FAILED}
