"""The queue, part two: who may write what. Each claim is asked of the fake and of a local Snowflake."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from contract.events import AttemptResult, JobEvent
from contract.job import JobRow
from contract.states import JobState
from executor.batches import Batch, Change
from executor.core.breaker import Breaker, Phase
from executor.core.reconcile import RowState
from executor.core.settle import event
from executor.port_errors import StateMissingError
from tests.conformance.ports.stores import Queue
from tests.jobs import ARN, NOW, definition, request


async def one_claimed(queue: Queue) -> tuple[int, JobRow]:
    queue.enqueue(request())
    fence = await queue.store.take_fence(await queue.store.fence(), "executor-1")
    assert fence is not None
    await queue.store.claim(fence, "claim-1", 1)
    (job,) = await queue.store.claimed("claim-1")
    return fence, job


def moved(job: JobRow, status: JobState, rank: int, **more: Any) -> JobRow:
    return replace(job, **{"status": status, "status_rank": rank, **more})


def result(job: JobRow) -> AttemptResult:
    fields: dict[str, Any] = dict.fromkeys(AttemptResult.model_fields)
    return AttemptResult(
        **{**fields, "request_id": job.request_id, "job_id": job.job_id, "attempt": job.attempt, "at": NOW}
    )


async def test_the_installation_has_a_name(queue: Queue) -> None:
    assert (await queue.store.installation()).installation == "ports"


async def test_a_fence_is_taken_by_one_only(queue: Queue) -> None:
    known = await queue.store.fence()
    takers = (queue.store.take_fence(known, f"executor-{number}") for number in range(5))
    assert sorted(await asyncio.gather(*takers), key=str) == [known + 1, None, None, None, None]
    assert await queue.store.fence() == known + 1


async def test_the_leader_row_says_who_took_the_fence_and_with_which_session(queue: Queue) -> None:
    before = await queue.store.leader()
    assert (before.holder, before.session_id) == (None, None)
    await queue.store.take_fence(before.fence, "executor-1")
    leader = await queue.store.leader()
    assert (leader.fence, leader.holder) == (before.fence + 1, "executor-1")
    assert leader.session_id
    await queue.store.cancel_statements(leader.session_id)
    await queue.store.cancel_statements("4711")


async def test_without_double_rows_there_is_nothing_to_fold(queue: Queue) -> None:
    fence, _ = await one_claimed(queue)
    assert await queue.store.fold(fence) == 0
    assert await queue.store.quiet()


async def test_without_a_leader_row_nothing_is_claimed_and_the_loss_is_said(queue: Queue) -> None:
    asked = request()
    queue.enqueue(asked)
    fence = await queue.store.fence()
    queue.lose_leader()
    with pytest.raises(StateMissingError, match="recover"):
        await queue.store.fence()
    await queue.store.claim(fence, "claim-1", 5)
    assert queue.seen(asked) is None
    assert await queue.store.take_fence(fence, "executor-1") is None


async def test_every_column_comes_back_as_it_was_written(queue: Queue) -> None:
    fence, job = await one_claimed(queue)
    written = moved(
        job,
        JobState.RUNNING,
        30,
        launch_try=2,
        launch_token="a" * 64,
        launch_profile="0123456789abcdef",
        task_arn=ARN,
        capacity_provider="FARGATE_SPOT",
        cpu=1024,
        memory_mb=4096,
        interruptions=1,
        refusals=3,
        waits_since=NOW - timedelta(hours=2),
        user_failures=1,
        infra_failures=2,
        launched_at=NOW + timedelta(milliseconds=123),
        started_at=NOW + timedelta(seconds=5),
        start_deadline_at=NOW + timedelta(seconds=900),
        deadline_at=NOW + timedelta(hours=1),
        result_uri="s3://b/reports/SALES_REPORT/2026-03-01/j/1/",
    )
    assert await queue.store.write(fence, Batch([Change(written)])) == 1
    (read,) = await queue.store.open_jobs()
    assert read == written
    assert read.business_date == date(2026, 3, 1)


async def test_p8_what_a_job_met_stays_with_it_when_it_is_claimed_again(queue: Queue) -> None:
    fence, job = await one_claimed(queue)
    met = {"cpu": 512, "memory_mb": 4096, "interruptions": 2, "refusals": 1, "waits_since": NOW}
    waiting = moved(job, JobState.RETRY_WAIT, 50, launch_try=1, **met)
    assert await queue.store.write(fence, Batch([Change(waiting, due_in_s=0.0)])) == 1
    await queue.store.claim(fence, "claim-2", 1)
    (again,) = await queue.store.claimed("claim-2")
    assert {name: getattr(again, name) for name in met} == met


async def test_the_circuit_breaker_is_kept_for_the_next_leader(queue: Queue) -> None:
    fence, _ = await one_claimed(queue)
    assert await queue.store.breaker() is None
    opened = Breaker(task_definition="f:3", phase=Phase.OPEN, failures={"image_not_found": 3}, opened_at=NOW, pauses=1)
    for kept in (opened, opened.model_copy(update={"diagnosis": 'it\'s "gone" and $so on', "pauses": 2})):
        await queue.store.write_breaker(fence, kept)
        assert await queue.store.breaker() == kept


async def test_p3_a_stale_fence_keeps_no_circuit_breaker(queue: Queue) -> None:
    old, _ = await one_claimed(queue)
    assert await queue.store.take_fence(old, "executor-2") == old + 1
    await queue.store.write_breaker(old, Breaker(task_definition="f:3", phase=Phase.OPEN))
    assert await queue.store.breaker() is None


async def test_p3_rows_only_move_forward_and_a_replay_changes_nothing(queue: Queue) -> None:
    fence, job = await one_claimed(queue)
    running = moved(job, JobState.RUNNING, 30, launch_try=1, launched_at=NOW, task_arn=ARN)
    launched = moved(job, JobState.LAUNCHED, 20, launch_try=1, launched_at=NOW, task_arn=ARN)
    assert await queue.store.write(fence, Batch([Change(running)])) == 1
    assert await queue.store.write(fence, Batch([Change(running)])) == 0
    assert await queue.store.write(fence, Batch([Change(launched)])) == 0
    assert await queue.store.write(fence, Batch([Change(job)])) == 0
    (read,) = await queue.store.open_jobs()
    assert read.status is JobState.RUNNING


async def test_p3_a_stale_fence_writes_no_state_no_result_and_no_event(queue: Queue) -> None:
    old, job = await one_claimed(queue)
    new = await queue.store.take_fence(old, "executor-2")
    assert new == old + 1
    launched = moved(job, JobState.LAUNCHED, 20, launch_try=1)
    batch = Batch([Change(launched)], [result(job)], [event(launched, JobEvent.LAUNCHED, NOW)])
    assert await queue.store.write(old, batch) == 0
    assert queue.history() == (0, 0)
    assert (await queue.store.open_jobs())[0].status is JobState.CLAIMED


async def test_p3_after_restamp_the_rows_are_the_new_leaders(queue: Queue) -> None:
    old, job = await one_claimed(queue)
    launched = moved(job, JobState.LAUNCHED, 20, launch_try=1)
    new = await queue.store.take_fence(old, "executor-2")
    assert new is not None
    assert await queue.store.write(new, Batch([Change(launched)])) == 0
    await queue.store.restamp(old)
    assert await queue.store.write(new, Batch([Change(launched)])) == 0
    await queue.store.restamp(new)
    await queue.store.restamp(old)
    assert await queue.store.write(old, Batch([Change(launched)])) == 0
    assert await queue.store.write(new, Batch([Change(launched)])) == 1


async def test_a_batch_moves_the_rows_that_can_move_and_counts_them(queue: Queue) -> None:
    asked = [request() for _ in range(3)]
    queue.enqueue(*asked)
    fence = await queue.store.take_fence(await queue.store.fence(), "executor-1")
    assert fence is not None
    await queue.store.claim(fence, "claim-1", 3)
    first, second, third = await queue.store.claimed("claim-1")
    changes = [
        Change(moved(first, JobState.SUCCEEDED, 90, finished_at=NOW)),
        Change(second),
        Change(moved(third, JobState.FAILED, 90, finished_at=NOW, failure_class="QUERY_FAILED", cause_id="x")),
    ]
    assert await queue.store.write(fence, Batch(changes)) == 2
    assert [job.job_id for job in await queue.store.open_jobs()] == [second.job_id]


async def test_the_progress_of_rows_is_told_and_rows_that_are_gone_are_left_out(queue: Queue) -> None:
    fence, job = await one_claimed(queue)
    launched = moved(job, JobState.LAUNCHED, 20, launch_try=3)
    await queue.store.write(fence, Batch([Change(launched)]))
    assert await queue.store.progress([job.request_id, "nobody"]) == {job.request_id: (1, 3, 20)}


async def test_the_result_of_an_attempt_is_kept_once(queue: Queue) -> None:
    fence, job = await one_claimed(queue)
    row = result(job).model_copy(update={"error": 'it\'s "bad"\n\\ ä', "log_tail": "l1\nl2", "exit_code": 12})
    await queue.store.write(fence, Batch(results=[row], events=[event(job, JobEvent.STOPPED, NOW, code=12)]))
    await queue.store.write(fence, Batch(results=[row]))
    assert queue.history() == (1, 1)
    await queue.store.write(fence, Batch(results=[row.model_copy(update={"attempt": 2})]))
    assert queue.history() == (2, 1)


async def test_two_hundred_rows_go_into_one_write(queue: Queue) -> None:
    queue.enqueue(*(request() for _ in range(200)))
    fence = await queue.store.take_fence(await queue.store.fence(), "executor-1")
    assert fence is not None
    await queue.store.claim(fence, "claim-1", 200)
    jobs = await queue.store.claimed("claim-1")
    changes = [Change(moved(job, JobState.LAUNCHED, 20, launch_try=1, task_arn=ARN)) for job in jobs]
    events = [event(change.job, JobEvent.LAUNCHED, NOW, task_arn=ARN) for change in changes]
    assert await queue.store.write(fence, Batch(changes, [], events)) == 200
    assert {job.status for job in await queue.store.open_jobs()} == {JobState.LAUNCHED}


async def test_definitions_are_read_by_version_and_missing_ones_are_left_out(queue: Queue) -> None:
    first, second = definition(title="First"), definition(title='Second; it\'s "new"')
    queue.define("KEPT_REPORT", 1, first)
    queue.define("KEPT_REPORT", 2, second)
    wanted = [("KEPT_REPORT", 1), ("KEPT_REPORT", 2), ("KEPT_REPORT", 3), ("NO_REPORT", 1)]
    assert await queue.store.definitions(wanted) == {("KEPT_REPORT", 1): first, ("KEPT_REPORT", 2): second}


async def test_what_a_job_has_cost_so_far_comes_back_with_it(queue: Queue) -> None:
    fence, job = await one_claimed(queue)
    waits = moved(job, JobState.RETRY_WAIT, 50, launched_at=NOW, cost_usd=0.0125)
    await queue.store.write(fence, Batch([Change(waits, due_in_s=-1.0)]))
    assert [job.cost_usd for job in await queue.store.open_jobs()] == [0.0125]
    await queue.store.claim(fence, "claim-2", 1)
    assert [job.cost_usd for job in await queue.store.claimed("claim-2")] == [0.0125]


async def test_p7_the_queue_says_how_far_a_job_is_and_whether_it_was_asked_for_at_all(queue: Queue) -> None:
    fence, job = await one_claimed(queue)
    fresh = request()
    queue.enqueue(fresh, request(job_id=job.job_id))
    await queue.store.claim(fence, "claim-2", 0)
    await queue.store.write(fence, Batch([Change(moved(job, JobState.LAUNCHED, 20, task_arn=ARN, launched_at=NOW))]))
    found = await queue.store.states([job.job_id, fresh.job_id, "ghost"])
    assert found == {
        job.job_id: RowState(job.job_id, True, job.request_id, fence, JobState.LAUNCHED, 1, ARN, True),
        fresh.job_id: RowState(fresh.job_id, True),
        "ghost": RowState("ghost", False),
    }
