"""Launches that are refused, interrupted or too small: what the next one changes, and what it costs."""

import asyncio
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pytest

from contract.manifest import StartMarker
from contract.outcome import FailureClass
from contract.request import RequestOptions
from contract.states import JobState
from executor.core.launch_answers import Errored, LaunchAnswer, Refused
from executor.testing.account import Account
from executor.testing.programs import manifest_of, result_uri, spec_of
from executor.testing.task_life import Ending
from executor.whereabouts import Whereabouts
from tests.jobs import definition
from tests.simulation.world import World

DAY_S = 86_400.0
NO_ROOM = "Capacity is unavailable at this time. Please try again later or in a different availability zone"
NO_ROOM_ERROR = Errored("ClientException", NO_ROOM, 400)


def subnets(request: Mapping[str, Any]) -> list[str]:
    found: list[str] = request["networkConfiguration"]["awsvpcConfiguration"]["subnets"]
    return found


def provider(request: Mapping[str, Any]) -> str:
    return str(request["capacityProviderStrategy"][0]["capacityProvider"])


@pytest.mark.parametrize("answer", [Refused(NO_ROOM), NO_ROOM_ERROR])
async def test_p8_without_room_a_job_goes_to_one_subnet_after_the_other_and_pays_nothing(
    world: World, answer: Refused | Errored
) -> None:
    world.launcher.answer_next(answer, times=4)
    world.executor(subnets=("a", "b", "c"))
    asked = world.ask()
    await world.all_ended(within_s=900)
    job = world.store.state[asked.request_id].job
    assert [subnets(request) for request in world.launcher.requests] == [
        ["a", "b", "c"],
        ["a"],
        ["b"],
        ["c"],
        ["a", "b", "c"],
    ]
    assert (job.status, job.attempt, job.user_failures, job.infra_failures) == (JobState.SUCCEEDED, 1, 0, 0)


async def test_p2_a_job_that_moved_to_another_subnet_is_replayed_with_the_same_bytes_by_the_next_leader(
    world: World,
) -> None:
    world.launcher.answer_next(Refused(NO_ROOM))
    first = world.executor("one", subnets=("a", "b"))
    asked = world.ask()
    await world.until(lambda: len(world.launcher.requests) == 1)
    world.launcher.account = Account(world.clock.now, per_s=1e-9, burst=0)
    await world.until(lambda: len(world.launcher.requests) >= 3, within_s=60)
    first.kill()
    world.launcher.account = None
    world.executor("two", subnets=("c",), task_definition="reporting-job:4")
    await world.all_ended()
    assert world.status(asked) is JobState.SUCCEEDED
    sent = world.launcher.requests[1:]
    assert all(before == after for before, after in pairwise(sent))
    assert subnets(sent[-1]) == ["a"]


async def test_p8_a_job_waits_for_the_quota_however_long_and_pays_nothing(world: World) -> None:
    world.launcher.account = Account(world.clock.now, max_tasks=3)
    world.executor()
    asked = [world.ask() for _ in range(20)]
    await world.all_ended(within_s=3_600)
    jobs = [world.store.state[one.request_id].job for one in asked]
    assert {(job.status, job.attempt, job.infra_failures, job.user_failures) for job in jobs} == {
        (JobState.SUCCEEDED, 1, 0, 0)
    }
    assert world.launcher.account.refused < 3 * len(asked)


async def test_p9_who_waits_longer_than_a_job_may_ends_with_what_it_waited_for(world: World) -> None:
    world.launcher.account = Account(world.clock.now, max_tasks=0)
    world.executor(max_queue_age_s=300)
    asked = world.ask()
    await world.passes(250)
    assert world.status(asked) not in {JobState.FAILED, JobState.SUCCEEDED}
    await world.all_ended(within_s=400)
    job = world.store.state[asked.request_id].job
    assert (job.status, job.cause_id, job.infra_failures) == (JobState.FAILED, "vcpu_quota", 0)
    (result,) = world.store.results
    assert result.verdict is not None
    assert "L-3032A538" in result.verdict.remedy


async def test_p8_after_two_interruptions_a_job_runs_on_demand(world: World) -> None:
    def interrupted_on_spot(arn: str, request: Mapping[str, Any]) -> Ending:
        if provider(request) == "FARGATE_SPOT":
            return Ending(exit_code=143, stop_code="SpotInterruption", reason="Your Spot Task was interrupted.")
        return world.makes_its_report(arn, request)

    world.define("SALES_REPORT", definition(), interrupted_on_spot)
    world.executor(capacity="spot-first")
    asked = world.ask()
    await world.all_ended()
    job = world.store.state[asked.request_id].job
    assert [provider(request) for request in world.launcher.requests] == ["FARGATE_SPOT", "FARGATE_SPOT", "FARGATE"]
    assert (job.status, job.interruptions, job.infra_failures, job.user_failures) == (JobState.SUCCEEDED, 2, 2, 0)


async def test_a_request_or_a_definition_chooses_its_capacity_before_the_installation_does(world: World) -> None:
    world.define("CHEAP", definition(capacity="spot"))
    world.executor(capacity="on-demand")
    for report_type, options in (("CHEAP", {}), ("CHEAP", {"capacity": "on-demand"}), ("SALES_REPORT", {})):
        world.ask(report_type=report_type, options=RequestOptions.model_validate(options))
        await world.all_ended()
    assert [provider(sent) for sent in world.launcher.requests] == ["FARGATE_SPOT", "FARGATE", "FARGATE"]


async def test_after_it_ran_out_of_memory_a_job_is_given_more_and_uses_its_own_attempts(world: World) -> None:
    def needs_two_gigabytes(arn: str, request: Mapping[str, Any]) -> Ending:
        spec = spec_of(request, world.artifacts)
        assert request["overrides"]["memory"] == str(spec.definition.resources.memory_mb)
        if int(request["overrides"]["memory"]) < 2_048:
            says = "OutOfMemoryError: Container killed due to memory usage"
            return Ending(exit_code=137, container_reason=says)
        return world.makes_its_report(arn, request)

    world.define("SALES_REPORT", definition(), needs_two_gigabytes)
    world.executor()
    asked = world.ask()
    await world.all_ended()
    job = world.store.state[asked.request_id].job
    assert [request["overrides"]["memory"] for request in world.launcher.requests] == ["512", "1024", "2048"]
    assert (job.status, job.user_failures, job.infra_failures) == (JobState.SUCCEEDED, 2, 0)


async def test_p10_memory_grows_no_further_than_the_setting_allows(world: World) -> None:
    world.define(
        "SALES_REPORT",
        definition(max_attempts=9),
        lambda _arn, _request: Ending(exit_code=137, container_reason="OutOfMemoryError: Container killed"),
    )
    world.executor(max_memory_mb=1_024)
    asked = world.ask()
    await world.all_ended()
    job = world.store.state[asked.request_id].job
    assert [request["overrides"]["memory"] for request in world.launcher.requests] == ["512", "1024"]
    assert (job.status, job.failure_class, job.cause_id) == (JobState.FAILED, FailureClass.OUT_OF_MEMORY, "oom")


class Ledger:
    """What ECS was asked while the row did not say so yet."""

    def __init__(self, world: World) -> None:
        self.unannounced: list[str] = []
        self._world, self._run = world, world.launcher.run
        world.launcher.run = self.run  # type: ignore[method-assign]  # the launcher as it is, with a witness

    async def run(self, request: Mapping[str, Any]) -> LaunchAnswer:
        announced = {row.job.launch_token for row in self._world.store.state.values()}
        self.unannounced += [] if request["clientToken"] in announced else [str(request["clientToken"])]
        return await self._run(request)


async def test_p2_nothing_is_sent_before_its_intent_is_on_the_row_however_often_the_write_fails(world: World) -> None:
    ledger = Ledger(world)
    world.store.faults.fail("write", times=6)
    world.executor(flush_interval_s=30)
    asked = [world.ask() for _ in range(10)]
    await world.all_ended()
    assert {world.status(one) for one in asked} == {JobState.SUCCEEDED}
    assert ledger.unannounced == []
    assert len(world.launcher.requests) == 10


async def launched_before_a_death_and_forgotten(world: World, marked_as: str | None) -> Any:
    """A job whose task was made while its executor died; the task ended, and ECS and the token forgot it."""

    def marks_its_start(arn: str, request: Mapping[str, Any]) -> Ending:
        spec = spec_of(request, world.artifacts)
        marker = StartMarker(task_arn=marked_as or arn, started_at=world.clock.now())
        if not world.artifacts.mark_start(result_uri(spec), marker):
            return Ending(exit_code=16)
        manifest = manifest_of(spec, arn, world.clock.now())
        return Ending(leaves=lambda: world.artifacts.leave(result_uri(spec), manifest))

    world.define("SALES_REPORT", definition(max_attempts=1), marks_its_start)
    first = world.executor("one")
    first.dies_at = "after launcher.run"
    asked = world.ask()
    await world.until(lambda: first.dead)
    await world.passes(60)
    for arn in world.launcher.tasks:
        world.launcher.forget(arn)
    await asyncio.sleep(DAY_S)  # nobody is awake: the invariants have nothing to see
    world.executor("two")
    await world.all_ended(within_s=600)
    return world.store.state[asked.request_id].job


async def test_p2_p6_what_ran_and_was_forgotten_is_known_by_its_start_marker_and_not_launched_again(
    world: World,
) -> None:
    job = await launched_before_a_death_and_forgotten(world, marked_as=None)
    assert (job.status, job.attempt) == (JobState.SUCCEEDED, 1)
    assert len(world.launcher.tasks) == 1


async def test_p2_a_replay_after_its_token_died_meets_the_start_marker_and_is_no_failure_of_the_job(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # When nobody sees what the first task left, the launch goes out again.
    async def nothing(_self: Whereabouts, _job: object) -> None:
        return None

    monkeypatch.setattr(Whereabouts, "_left_behind", nothing)
    job = await launched_before_a_death_and_forgotten(world, marked_as="unknown")
    assert len(world.launcher.tasks) == 2
    assert (job.status, job.attempt, job.user_failures, job.infra_failures) == (JobState.SUCCEEDED, 1, 0, 0)
    second = list(world.launcher.tasks.values())[1]
    assert second.view(world.clock.now()).containers[0].exit_code == 16
