"""What is wrong with one job stays with that job: it ends with its cause, and the others are made."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from contract.manifest import Manifest, StartMarker
from contract.states import JobState
from executor.batches import Batch
from executor.core.transitions import RANK
from executor.port_errors import RowRefusedError
from executor.testing.memory_artifacts import MemoryArtifacts
from executor.testing.memory_logs import MemoryLogs
from executor.testing.memory_store import MemoryStore
from executor.testing.programs import manifest_of, result_uri, spec_of
from executor.testing.task_life import Ending
from tests.jobs import definition
from tests.simulation.world import World


class DeniedError(Exception):
    """What AWS says to somebody without the right."""


class PickyStore(MemoryStore):
    """Refuses any statement that holds a manifest of one job, as Snowflake refuses a number out of range."""

    hates = "bad"

    async def write(self, fence: int, batch: Batch) -> int:
        for result in batch.results:
            if result.job_id.startswith(self.hates) and result.manifest is not None:
                raise RowRefusedError("100039: numeric value is out of range")
        return await super().write(fence, batch)


async def test_a_row_that_the_store_refuses_keeps_no_other_from_being_written() -> None:
    world = World(PickyStore)
    world.executor()
    asked = [world.ask(job_id=f"good-{number}") for number in range(5)]
    bad = world.ask(job_id="bad-1")
    await world.all_ended()
    assert {world.status(item) for item in [*asked, bad]} == {JobState.SUCCEEDED}
    (result,) = [row for row in world.store.results if row.job_id == "bad-1"]
    assert result.manifest is None
    assert "out of range" in str(result.error)
    assert sum(row.manifest is not None for row in world.store.results) == 5


async def test_p9_a_row_that_nobody_can_read_ends_with_its_cause() -> None:
    world = World()
    asked, other = world.ask(job_id="spoiled"), world.ask(job_id="sound")
    read = world.store.claimed

    async def claimed(claim_id: str) -> Any:
        return [
            replace(job, spoiled="params: not an object") if job.job_id == "spoiled" else job
            for job in await read(claim_id)
        ]

    world.store.claimed = claimed  # type: ignore[method-assign]  # the store as it is, but for one row
    world.executor()
    await world.all_ended()
    assert (world.status(asked), world.status(other)) == (JobState.FAILED, JobState.SUCCEEDED)
    (result,) = [row for row in world.store.results if row.job_id == "spoiled"]
    assert result.verdict is not None
    assert "params: not an object" in result.verdict.diagnosis


async def test_p9_a_log_that_may_not_be_read_does_not_keep_a_failure_from_being_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def tail(_self: MemoryLogs, _task_arn: str, _container: str) -> str:
        raise DeniedError("not authorized to perform: logs:GetLogEvents")

    monkeypatch.setattr(MemoryLogs, "tail", tail)
    world = World()
    world.define("BROKEN", definition(max_attempts=1), lambda _arn, _request: Ending(exit_code=12))
    asked = world.ask(report_type="BROKEN")
    world.executor()
    await world.all_ended()
    assert world.status(asked) is JobState.FAILED
    assert "logs:GetLogEvents" in str(world.store.results[0].log_tail)


async def test_a_report_that_was_made_is_not_undone_by_latest_json(monkeypatch: pytest.MonkeyPatch) -> None:
    async def put_latest(_self: MemoryArtifacts, _latest: object) -> None:
        raise DeniedError("not authorized to perform: s3:PutObject")

    monkeypatch.setattr(MemoryArtifacts, "put_latest", put_latest)
    world = World()
    asked = world.ask()
    world.executor()
    await world.all_ended()
    assert world.status(asked) is JobState.SUCCEEDED


async def test_p9_a_manifest_that_may_not_be_read_ends_the_job_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    async def manifest(_self: MemoryArtifacts, _uri: str) -> Manifest | None:
        raise DeniedError("GetObject: Access Denied")

    monkeypatch.setattr(MemoryArtifacts, "manifest", manifest)
    world = World()
    world.define("BROKEN", definition(max_attempts=1), lambda _arn, _request: Ending(exit_code=12))
    asked = world.ask(report_type="BROKEN")
    world.executor()
    await world.all_ended()
    assert world.status(asked) is JobState.FAILED
    verdict = world.store.results[0].verdict
    assert verdict is not None
    assert "Access Denied" in verdict.diagnosis


async def test_a_manifest_of_another_job_is_none_of_this_one() -> None:
    world = World()

    def leaves_anothers(arn: str, request: Mapping[str, Any]) -> Ending:
        spec = spec_of(request, world.artifacts)
        foreign = manifest_of(spec, arn, world.clock.now()).model_copy(update={"job_id": "somebody-elses"})
        return Ending(leaves=lambda: world.artifacts.leave(result_uri(spec), foreign))

    world.define("FOREIGN", definition(max_attempts=1), leaves_anothers)
    asked = world.ask(report_type="FOREIGN")
    world.executor()
    await world.all_ended()
    assert world.status(asked) is JobState.FAILED
    assert world.store.state[asked.request_id].job.failure_class == "NO_MANIFEST"


async def test_p2_the_holder_of_the_marker_is_waited_for_also_when_its_name_is_unknown() -> None:
    world = World()

    def comes_second(arn: str, request: Mapping[str, Any]) -> Ending:
        spec = spec_of(request, world.artifacts)
        world.artifacts.mark_start(result_uri(spec), StartMarker(task_arn="unknown", started_at=world.clock.now()))
        return Ending(exit_code=16)

    world.define("MARKED", definition(max_attempts=1), comes_second)
    asked = world.ask(report_type="MARKED")
    world.executor()
    await world.until(lambda: world.status(asked) is JobState.RUNNING)
    await world.passes(120)
    row = world.store.state[asked.request_id].job
    assert (row.status_rank, row.attempt) == (RANK[JobState.RUNNING], 1)
    spec = spec_of(world.launcher.requests[0], world.artifacts)
    world.artifacts.leave(result_uri(spec), manifest_of(spec, "unknown", world.clock.now() + timedelta(seconds=1)))
    await world.all_ended()
    assert len({request["clientToken"] for request in world.launcher.requests}) == 1


async def test_a_new_container_name_does_not_lose_tasks_of_the_old_profile() -> None:
    world = World()
    asked = world.ask()
    first = world.executor("one")
    await world.until(lambda: world.status(asked) in {JobState.LAUNCHED, JobState.RUNNING})
    await first.ends()
    world.executor("two", container="renamed")
    await world.all_ended()
    assert world.status(asked) is JobState.SUCCEEDED
    assert world.store.state[asked.request_id].job.attempt == 1


async def test_one_renewal_that_fails_costs_no_leadership() -> None:
    world = World()
    one = world.executor()
    await world.until(lambda: one.leads)
    one.away = {"lease"}
    await world.passes(12)
    one.away = set()
    fence = await world.store.fence()
    await world.passes(60)
    assert one.leads
    assert await world.store.fence() == fence
