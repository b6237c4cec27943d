"""Ends that are told by what a task left: its files, its start marker, or nothing at all."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from contract.manifest import ReportFile, StartMarker
from contract.outcome import FailureClass
from contract.states import JobState
from executor.core import watch
from executor.testing.programs import manifest_of, result_uri, spec_of
from executor.testing.task_life import Ending
from executor.whereabouts import Whereabouts
from tests.jobs import definition
from tests.simulation.world import World

HOUR_S = 3_600.0
TEXT = "a,b\n1,2\n"
Program = Callable[[str, Mapping[str, Any]], Ending]


def leaves_a_file(world: World, of_first_attempt: str | None = TEXT, **how: Any) -> Program:
    """A container whose manifest names one file; what lies there after its first attempt may be something else."""

    def program(arn: str, request: Mapping[str, Any]) -> Ending:
        spec = spec_of(request, world.artifacts)
        file = ReportFile.model_validate(
            {"name": "sales.csv", "uri": result_uri(spec) + "sales.csv", "format": "csv", "query": "top", "rows": 1}
            | {"bytes": len(TEXT), "sha256": hashlib.sha256(TEXT.encode()).hexdigest(), "content_type": "text/csv"}
        )

        def leave() -> None:
            text = of_first_attempt if spec.attempt == 1 else TEXT
            if text is not None:
                world.artifacts.objects[f"{spec.prefix}sales.csv"] = text
            left = manifest_of(spec, arn, world.clock.now()).model_copy(update={"files": (file,)})
            world.artifacts.leave(result_uri(spec), left)

        return Ending(leaves=leave, **how)

    return program


@pytest.mark.parametrize("lies", [None, "a,b\n1,3\n", "a,b\n"])
async def test_p4_a_job_whose_file_is_missing_another_or_cut_does_not_succeed_but_is_made_again(
    world: World, lies: str | None
) -> None:
    world.define("SALES_REPORT", definition(), leaves_a_file(world, lies))
    world.executor()
    asked = world.ask()
    await world.all_ended()
    job = world.store.state[asked.request_id].job
    assert (job.status, job.attempt) == (JobState.SUCCEEDED, 2)
    first = world.store.results[0]
    assert first.verdict is not None
    assert first.verdict.failure_class is FailureClass.FILES_MISSING
    assert "sales.csv" in first.verdict.diagnosis


async def test_p4_without_looking_at_the_files_a_job_without_them_succeeds(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("executor.core.files.wrong", lambda _file, _stored: None)
    with pytest.raises(AssertionError):
        await test_p4_a_job_whose_file_is_missing_another_or_cut_does_not_succeed_but_is_made_again(world, None)


@pytest.mark.parametrize(
    "how",
    [
        {"exit_code": 137, "reason": "Host EC2 (instance) terminated."},
        {"exit_code": 143, "stop_code": "SpotInterruption", "reason": "Your Spot Task was interrupted."},
    ],
)
async def test_p6_what_was_finished_before_the_container_broke_down_does_not_run_again(
    world: World, how: dict[str, Any]
) -> None:
    world.define("SALES_REPORT", definition(), leaves_a_file(world, **how))
    world.executor()
    asked = world.ask()
    await world.all_ended()
    job = world.store.state[asked.request_id].job
    assert (job.status, job.attempt, job.infra_failures) == (JobState.SUCCEEDED, 1, 0)
    assert len(world.launcher.tasks) == 1


async def _dies_and_ecs_forgets(world: World, *, finishes: bool, begins: bool) -> str:
    def program(arn: str, request: Mapping[str, Any]) -> Ending:
        spec = spec_of(request, world.artifacts)
        if begins or spec.attempt > 1:
            world.artifacts.mark_start(result_uri(spec), StartMarker(task_arn=arn, started_at=world.clock.now()))
        silent = spec.attempt == 1 and not finishes
        return Ending(exit_code=1) if silent else world.makes_its_report(arn, request)

    world.define("SALES_REPORT", definition(), program)
    first = world.executor("one")
    first.dies_at = "after launcher.run" if finishes else None
    asked = world.ask()
    await world.until(lambda: first.dead or world.status(asked) is JobState.LAUNCHED)
    first.kill()
    await asyncio.sleep(26 * HOUR_S)
    assert not world.launcher.running
    for arn in world.launcher.tasks:
        world.launcher.forget(arn)
    return asked.request_id


async def test_p6_a_task_that_finished_before_its_launch_was_written_does_not_run_again_days_later(
    world: World,
) -> None:
    key = await _dies_and_ecs_forgets(world, finishes=True, begins=True)
    world.executor("two")
    await world.until(lambda: world.store.state[key].job.status is JobState.SUCCEEDED, within_s=45)
    assert len(world.launcher.tasks) == 1
    assert world.store.state[key].job.attempt == 1


async def test_p6_without_looking_at_what_was_left_behind_a_second_task_starts(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(_self: Whereabouts, _job: object) -> None:
        return None

    monkeypatch.setattr(Whereabouts, "_left_behind", nothing)
    with pytest.raises(AssertionError):
        await test_p6_a_task_that_finished_before_its_launch_was_written_does_not_run_again_days_later(world)


@pytest.mark.parametrize(("begins", "failure_class"), [(True, FailureClass.LOST), (False, FailureClass.NEVER_RAN)])
async def test_p6_a_forgotten_task_that_left_nothing_is_made_again_and_its_end_says_whether_code_ran(
    world: World, begins: bool, failure_class: FailureClass
) -> None:
    key = await _dies_and_ecs_forgets(world, finishes=False, begins=begins)
    second = world.executor("two")
    await world.until(lambda: second.leads, within_s=60)
    await world.until(lambda: len(world.store.results) == 1, within_s=15)
    await world.all_ended()
    job = world.store.state[key].job
    assert (job.status, job.attempt, job.user_failures, job.infra_failures) == (JobState.SUCCEEDED, 2, 0, 1)
    found = world.store.results[0].verdict
    assert found is not None
    assert found.failure_class is failure_class


async def test_p6_patience_with_a_forgotten_task_does_not_begin_anew_with_every_leader(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "patience_s", lambda _job, _now: watch.MISSING_PATIENCE_S)
    with pytest.raises(AssertionError):
        await test_p6_a_forgotten_task_that_left_nothing_is_made_again_and_its_end_says_whether_code_ran(
            world, begins=True, failure_class=FailureClass.LOST
        )
