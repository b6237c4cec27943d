"""The queue, part five: pauses that are noted, jobs that are forgotten. Asked of the fake and of a local Snowflake."""

from dataclasses import replace
from datetime import timedelta

from contract.commands import ALL_TYPES, CommandKind
from contract.events import JobEvent
from contract.states import JobState
from executor.batches import Batch, Change
from executor.core.settle import event
from tests.conformance.ports.stores import Queue
from tests.conformance.ports.test_store_claims import claim, lead
from tests.conformance.ports.test_store_writes import result
from tests.jobs import request

DAYS = 30


async def ended_jobs(queue: Queue, fence: int, *job_ids: str) -> None:
    """Jobs that succeeded twice as long ago as is kept, and one that did so now; each with result and history."""
    queue.enqueue(*(request(job_id=job_id) for job_id in job_ids), age_s=60)
    await claim(queue, fence, claim_id="claim-of-ended")
    jobs = await queue.store.claimed("claim-of-ended")
    long_ago = queue.now() - timedelta(days=2 * DAYS)
    changes = [
        Change(replace(job, status=JobState.SUCCEEDED, status_rank=90, finished_at=at))
        for job in jobs
        for at in [queue.now() if job.job_id == "young" else long_ago]
    ]
    events = [event(job, JobEvent.SUCCEEDED, long_ago) for job in jobs]
    assert await queue.store.write(fence, Batch(changes, [result(job) for job in jobs], events)) == len(jobs)


async def test_a_pause_is_told_until_it_is_noted_and_works_all_the_while(queue: Queue) -> None:
    fence = await lead(queue)
    queue.order(CommandKind.RESUME, "SALES_REPORT")
    pause = queue.order(CommandKind.PAUSE, "SALES_REPORT")
    (told,) = await queue.store.commands()
    assert (told.request_id, told.kind, told.report_type) == (pause, CommandKind.PAUSE, "SALES_REPORT")
    await queue.store.note_pauses(fence)
    assert await queue.store.commands() == []
    queue.enqueue(request())
    assert await claim(queue, fence) == []
    queue.order(CommandKind.RESUME, ALL_TYPES)
    assert len(await claim(queue, fence, claim_id="claim-2")) == 1
    assert [told.report_type for told in await queue.store.commands()] == [ALL_TYPES]


async def test_p3_an_old_fence_notes_no_pause_and_forgets_nothing(queue: Queue) -> None:
    old = await lead(queue)
    await ended_jobs(queue, old, "old")
    await lead(queue)
    queue.order(CommandKind.PAUSE, ALL_TYPES)
    order = queue.order(CommandKind.PRUNE, keep_days=DAYS)
    await queue.store.note_pauses(old)
    await queue.store.prune(old, order, DAYS)
    assert len(await queue.store.commands()) == 2
    assert (queue.asked(), len(queue.all_seen()), queue.history()) == (1, 1, (1, 1))
    queue.lose_requests()
    await queue.store.prune(old, order, DAYS)
    assert (len(queue.all_seen()), queue.history()) == (1, (1, 1))


async def test_a_pruning_that_was_broken_off_is_finished_by_the_next_one(queue: Queue) -> None:
    fence = await lead(queue)
    await ended_jobs(queue, fence, "old")
    queue.lose_requests()
    await queue.store.prune(fence, queue.order(CommandKind.PRUNE, keep_days=DAYS), DAYS)
    assert (len(queue.all_seen()), queue.history()) == (0, (0, 0))
    assert await queue.store.commands() == []


async def test_pruning_forgets_what_ended_long_ago_and_nothing_else(queue: Queue) -> None:
    fence = await lead(queue)
    await ended_jobs(queue, fence, "old", "older", "young")
    again, running, waiting = request(job_id="old"), request(job_id="running"), request(job_id="waiting")
    queue.enqueue(again, running, waiting)
    queue.order(CommandKind.PAUSE, "FLOOD")
    order = queue.order(CommandKind.PRUNE, keep_days=DAYS)
    assert await claim(queue, fence, slots=1) == ["running"]
    (told,) = [command for command in await queue.store.commands() if command.kind is CommandKind.PRUNE]
    assert (told.request_id, told.keep_days) == (order, DAYS)
    await queue.store.prune(fence, order, DAYS)
    assert {command.kind for command in await queue.store.commands()} == {CommandKind.PAUSE}
    assert sorted(seen.status for seen in queue.all_seen().values()) == ["CLAIMED", "SUCCEEDED"]
    assert queue.history() == (1, 1)
    assert await claim(queue, fence, claim_id="claim-2") == ["waiting"]
    await queue.store.prune(fence, order, DAYS)
    assert len(queue.all_seen()) == 3


async def test_old_pauses_stay_true_after_their_orders_are_forgotten(queue: Queue) -> None:
    fence = await lead(queue)
    queue.order(CommandKind.PAUSE, "SALES_REPORT")
    await queue.store.note_pauses(fence)
    # Nothing is kept at all: what is older than this moment goes.
    await queue.store.prune(fence, "nobody", 0)
    assert await queue.store.commands() == []
    queue.enqueue(request())
    assert await claim(queue, fence) == []
