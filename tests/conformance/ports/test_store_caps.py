"""The queue, part three: turns and caps. Each claim is asked of the fake and of a local Snowflake."""

from dataclasses import replace

from contract.commands import ALL_TYPES, CommandKind
from contract.policy import NO_CAPS, Caps
from contract.states import JobState
from executor.batches import Batch, Change
from tests.conformance.ports.stores import Queue
from tests.conformance.ports.test_store_claims import lead
from tests.jobs import NOW, definition, request


async def taken(queue: Queue, fence: int, claim_id: str, slots: int = 10, caps: Caps = NO_CAPS) -> set[str]:
    await queue.store.claim(fence, claim_id, slots, caps)
    return {job.job_id for job in await queue.store.claimed(claim_id)}


async def test_p11_a_flood_of_one_type_does_not_starve_another(queue: Queue) -> None:
    flood = [request(report_type="FLOOD") for _ in range(8)]
    late = [request(report_type="RARE") for _ in range(2)]
    queue.enqueue(*flood, age_s=60)
    queue.enqueue(*late)
    fence = await lead(queue)
    first = await taken(queue, fence, "claim-1", slots=4)
    assert {one.job_id for one in late} < first
    assert len(first) == 4


async def test_p11_a_type_with_many_jobs_at_work_waits_for_its_turn(queue: Queue) -> None:
    queue.enqueue(*(request(report_type="FLOOD") for _ in range(8)), age_s=60)
    fence = await lead(queue)
    await taken(queue, fence, "claim-1", slots=4)
    rare = [request(report_type="RARE") for _ in range(3)]
    queue.enqueue(*rare)
    assert await taken(queue, fence, "claim-2", slots=3) == {one.job_id for one in rare}


async def test_p11_the_cap_of_a_type_counts_what_is_at_work(queue: Queue) -> None:
    queue.enqueue(*(request(report_type="FLOOD") for _ in range(5)), request(report_type="RARE"))
    fence, caps = await lead(queue), Caps(per_type=2)
    assert len(await taken(queue, fence, "claim-1", caps=caps)) == 3
    assert await taken(queue, fence, "claim-2", caps=caps) == set()
    (done, _other) = [job for job in await queue.store.claimed("claim-1") if job.report_type == "FLOOD"]
    ended = replace(done, status=JobState.SUCCEEDED, status_rank=90, finished_at=NOW)
    await queue.store.write(fence, Batch([Change(ended)]))
    assert len(await taken(queue, fence, "claim-3", caps=caps)) == 1


async def test_p11_a_types_own_cap_goes_before_the_general_one(queue: Queue) -> None:
    queue.define("OWN_CAP", 1, definition(max_running=9))
    queue.define("OWN_CAP", 2, definition(max_running=1))
    queue.enqueue(*(request(report_type="OWN_CAP") for _ in range(3)))
    fence = await lead(queue)
    assert len(await taken(queue, fence, "claim-1", caps=Caps(per_type=3))) == 1


async def test_p11_the_cap_of_a_requester_counts_what_is_at_work(queue: Queue) -> None:
    queue.enqueue(*(request() for _ in range(5)), requested_by="GREEDY", age_s=60)
    modest = request()
    queue.enqueue(modest, requested_by="MODEST")
    fence, caps = await lead(queue), Caps(per_requester=2)
    first = await taken(queue, fence, "claim-1", caps=caps)
    assert modest.job_id in first
    assert len(first) == 3
    assert await taken(queue, fence, "claim-2", caps=caps) == set()


async def test_a_job_that_waits_for_its_next_try_holds_no_place(queue: Queue) -> None:
    queue.enqueue(request(report_type="FLOOD"), age_s=60)
    fence, caps = await lead(queue), Caps(per_type=1, per_requester=1)
    await taken(queue, fence, "claim-1", caps=caps)
    (job,) = await queue.store.claimed("claim-1")
    waiting = replace(job, status=JobState.RETRY_WAIT, status_rank=50)
    await queue.store.write(fence, Batch([Change(waiting, due_in_s=300.0)]))
    other = request(report_type="FLOOD")
    queue.enqueue(other)
    assert await taken(queue, fence, "claim-2", caps=caps) == {other.job_id}


async def test_what_cannot_be_claimed_for_a_full_type_is_told_to_be_due(queue: Queue) -> None:
    queue.enqueue(request(), request())
    fence = await lead(queue)
    await taken(queue, fence, "claim-1", caps=Caps(per_type=1))
    due_s = await queue.store.next_due_s()
    assert due_s is not None
    assert due_s <= 0


async def test_a_paused_type_is_not_claimed_and_wakes_nobody_until_it_is_resumed(queue: Queue) -> None:
    queue.order(CommandKind.PAUSE, "SALES_REPORT")
    paused, other = request(), request(report_type="RARE")
    queue.enqueue(paused, other)
    fence = await lead(queue)
    assert await taken(queue, fence, "claim-1") == {other.job_id}
    assert await queue.store.next_due_s() is None
    queue.order(CommandKind.RESUME, "SALES_REPORT")
    assert await taken(queue, fence, "claim-2") == {paused.job_id}


async def test_the_last_word_on_a_type_or_on_all_counts(queue: Queue) -> None:
    queue.order(CommandKind.PAUSE, ALL_TYPES)
    queue.order(CommandKind.RESUME, "RARE")
    sales, rare = request(), request(report_type="RARE")
    queue.enqueue(sales, rare)
    fence = await lead(queue)
    assert await taken(queue, fence, "claim-1") == {rare.job_id}
    queue.order(CommandKind.PAUSE, "RARE")
    queue.order(CommandKind.RESUME, ALL_TYPES)
    again = request(report_type="RARE")
    queue.enqueue(again)
    assert await taken(queue, fence, "claim-2") == {sales.job_id, again.job_id}


async def test_a_paused_job_that_waits_for_its_next_try_is_not_claimed(queue: Queue) -> None:
    queue.enqueue(request())
    fence = await lead(queue)
    await taken(queue, fence, "claim-1")
    (job,) = await queue.store.claimed("claim-1")
    waiting = replace(job, status=JobState.RETRY_WAIT, status_rank=50)
    await queue.store.write(fence, Batch([Change(waiting, due_in_s=0.0)]))
    queue.order(CommandKind.PAUSE, ALL_TYPES)
    assert await taken(queue, fence, "claim-2") == set()
