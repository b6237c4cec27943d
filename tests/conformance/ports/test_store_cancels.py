"""The queue, part four: cancels. Each claim is asked of the fake and of a local Snowflake."""

from dataclasses import replace

import pytest

from contract.commands import CommandKind
from contract.states import JobState
from executor.batches import Batch, Change
from tests.conformance.ports.stores import Queue
from tests.conformance.ports.test_store_claims import claim, lead
from tests.jobs import ARN, NOW, request


def status(queue: Queue, asked: object) -> str | None:
    seen = queue.seen(asked)  # type: ignore[arg-type]  # a request
    return None if seen is None else seen.status


async def test_p16_what_nobody_claimed_yet_is_cancelled_also_without_free_slots(queue: Queue) -> None:
    cancelled, other = request(), request()
    queue.enqueue(cancelled, other)
    queue.order(CommandKind.CANCEL, cancelled.job_id)
    fence = await lead(queue)
    assert await claim(queue, fence, slots=0) == []
    assert (status(queue, cancelled), status(queue, other)) == ("CANCELLED", None)
    assert await claim(queue, fence, claim_id="claim-2") == [other.job_id]


async def test_p16_what_waits_for_its_next_try_is_cancelled_and_never_claimed_again(queue: Queue) -> None:
    asked = request()
    queue.enqueue(asked)
    fence = await lead(queue)
    await claim(queue, fence)
    (job,) = await queue.store.claimed("claim-1")
    waiting = replace(job, status=JobState.RETRY_WAIT, status_rank=50)
    await queue.store.write(fence, Batch([Change(waiting, due_in_s=0.0)]))
    queue.order(CommandKind.CANCEL, asked.job_id)
    await queue.store.claim(fence, "claim-2", 10)
    assert [told.status for told in await queue.store.claimed("claim-2")] == [JobState.CANCELLED]
    assert status(queue, asked) == "CANCELLED"
    assert await queue.store.open_jobs() == []


@pytest.mark.parametrize(("state", "rank"), [("CLAIMED", 10), ("LAUNCHED", 20), ("RUNNING", 30)])
async def test_p16_what_may_have_a_task_becomes_cancelling_and_is_told(queue: Queue, state: str, rank: int) -> None:
    asked = request()
    queue.enqueue(asked)
    fence = await lead(queue)
    await claim(queue, fence)
    (job,) = await queue.store.claimed("claim-1")
    begun = replace(job, launch_try=1, task_arn=ARN, launch_token="t", launched_at=NOW)
    moved = replace(begun, status=JobState(state), status_rank=rank)
    await queue.store.write(fence, Batch([Change(moved)]))
    queue.order(CommandKind.CANCEL, asked.job_id)
    await queue.store.claim(fence, "claim-2", 0)
    (told,) = await queue.store.claimed("claim-2")
    assert (told.status, told.task_arn, told.launch_token) == (JobState.CANCELLING, ARN, "t")
    # What the executor knows and has not written yet may still arrive, and so may its own CANCELLING.
    assert told.progress == moved.progress
    cancelling = replace(told, status_rank=40)
    assert await queue.store.write(fence, Batch([Change(cancelling)])) == 1
    await queue.store.claim(fence, "claim-3", 0)
    assert await queue.store.claimed("claim-3") == []


async def test_a_cancel_that_an_older_write_overtook_is_due_and_repeated(queue: Queue) -> None:
    asked = request()
    queue.enqueue(asked)
    fence = await lead(queue)
    await claim(queue, fence)
    (job,) = await queue.store.claimed("claim-1")
    queue.order(CommandKind.CANCEL, asked.job_id)
    due_s = await queue.store.next_due_s()
    assert due_s is not None
    assert due_s <= 0
    await queue.store.claim(fence, "claim-2", 0)
    assert await queue.store.next_due_s() is None
    launched = replace(job, launch_try=1, status=JobState.LAUNCHED, status_rank=20)
    assert await queue.store.write(fence, Batch([Change(launched)])) == 1
    assert await queue.store.next_due_s() is not None
    await queue.store.claim(fence, "claim-3", 0)
    assert status(queue, asked) == "CANCELLING"


@pytest.mark.parametrize(("state", "rank"), [("CLAIMED", 10), ("LAUNCHED", 20), ("RUNNING", 30)])
async def test_p16_a_cancel_that_a_write_overtook_before_it_was_told_is_told(
    queue: Queue, state: str, rank: int
) -> None:
    asked, other = request(), request()
    queue.enqueue(asked, other)
    fence = await lead(queue)
    await claim(queue, fence)
    job = next(job for job in await queue.store.claimed("claim-1") if job.job_id == asked.job_id)
    queue.order(CommandKind.CANCEL, asked.job_id)
    await queue.store.claim(fence, "claim-2", 0)
    moved = replace(job, launch_try=1, status=JobState(state), status_rank=rank)
    assert await queue.store.write(fence, Batch([Change(moved)])) == 1
    (told,) = await queue.store.claimed("claim-2")
    assert (told.job_id, told.status, told.launch_try) == (asked.job_id, JobState.CANCELLING, 1)


async def test_p16_a_cancel_that_a_planned_retry_overtook_is_told_as_one_to_be_repeated(queue: Queue) -> None:
    asked = request()
    queue.enqueue(asked)
    fence = await lead(queue)
    await claim(queue, fence)
    (job,) = await queue.store.claimed("claim-1")
    queue.order(CommandKind.CANCEL, asked.job_id)
    await queue.store.claim(fence, "claim-2", 0)
    waiting = replace(job, launch_try=1, status=JobState.RETRY_WAIT, status_rank=50)
    assert await queue.store.write(fence, Batch([Change(waiting, due_in_s=300.0)])) == 1
    assert [told.status for told in await queue.store.claimed("claim-2")] == [JobState.RETRY_WAIT]
    await queue.store.claim(fence, "claim-3", 0)
    assert status(queue, asked) == "CANCELLED"


async def test_a_cancel_changes_nothing_of_what_has_ended(queue: Queue) -> None:
    asked = request()
    queue.enqueue(asked)
    fence = await lead(queue)
    await claim(queue, fence)
    (job,) = await queue.store.claimed("claim-1")
    done = replace(job, status=JobState.SUCCEEDED, status_rank=90, finished_at=NOW)
    await queue.store.write(fence, Batch([Change(done)]))
    queue.order(CommandKind.CANCEL, asked.job_id)
    assert await claim(queue, fence, claim_id="claim-2") == []
    assert status(queue, asked) == "SUCCEEDED"
    assert await queue.store.next_due_s() is None


async def test_a_cancel_is_about_what_was_asked_for_before_it(queue: Queue) -> None:
    queue.order(CommandKind.CANCEL, "reborn")
    asked = request(job_id="reborn")
    queue.enqueue(asked, age_s=-1)
    fence = await lead(queue)
    assert await claim(queue, fence) == ["reborn"]


async def test_p18_a_cancelled_request_does_not_hold_its_dedupe_key(queue: Queue) -> None:
    first, second = request(dedupe_key="k"), request(dedupe_key="k")
    queue.enqueue(first, age_s=60)
    queue.enqueue(second)
    queue.order(CommandKind.CANCEL, first.job_id)
    assert await claim(queue, await lead(queue)) == [second.job_id]


async def test_p3_a_claim_with_an_old_fence_cancels_nothing(queue: Queue) -> None:
    asked, running = request(), request()
    queue.enqueue(running)
    old = await lead(queue)
    assert await claim(queue, old) == [running.job_id]
    queue.enqueue(asked)
    for one in (asked, running):
        queue.order(CommandKind.CANCEL, one.job_id)
    await lead(queue)
    assert await claim(queue, old, claim_id="claim-2") == []
    assert (status(queue, asked), status(queue, running)) == (None, "CLAIMED")
