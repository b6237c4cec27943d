"""The queue, part one: who gets which job. Each claim is asked of the fake and of a local Snowflake."""

from dataclasses import replace
from datetime import timedelta

from contract.events import JobEvent
from contract.request import RequestOptions
from contract.states import JobState
from executor.batches import Batch, Change
from executor.core.settle import event
from tests.conformance.ports.stores import MAX_QUEUE_AGE_S, Queue
from tests.jobs import ARN, NOW, request


async def lead(queue: Queue) -> int:
    fence = await queue.store.take_fence(await queue.store.fence(), "executor-1")
    assert fence is not None
    return fence


async def claim(queue: Queue, fence: int, slots: int = 10, claim_id: str = "claim-1") -> list[str]:
    await queue.store.claim(fence, claim_id, slots)
    return [job.job_id for job in await queue.store.claimed(claim_id)]


async def test_a_claim_takes_the_most_urgent_first_and_the_older_of_equals(queue: Queue) -> None:
    late, early, urgent = request(), request(), request(priority=90)
    queue.enqueue(late, age_s=1)
    queue.enqueue(early, age_s=60)
    queue.enqueue(urgent)
    fence = await lead(queue)
    assert await claim(queue, fence, slots=2) == [urgent.job_id, early.job_id]
    assert await queue.store.waiting() == 1
    assert await claim(queue, fence, slots=2, claim_id="claim-2") == [late.job_id]


async def test_a_claimed_job_carries_what_was_asked_for(queue: Queue) -> None:
    asked = request(
        params={"top_n": 5, "text": 'it\'s "so"; ä€', "none": None, "share": 0.5, "yes": True},
        options=RequestOptions(timeout_s=60, cpu=512, memory=1024),
    )
    queue.enqueue(asked)
    fence = await lead(queue)
    await queue.store.claim(fence, "claim-1", 1)
    (job,) = await queue.store.claimed("claim-1")
    assert (job.request_id, job.job_id, job.report_type, job.report_version) == (
        asked.request_id,
        asked.job_id,
        "SALES_REPORT",
        1,
    )
    assert job.params == asked.params
    assert job.options == {"timeout_s": 60, "cpu": 512, "memory": 1024}
    assert job.business_date == asked.business_date
    assert job.trace_id == asked.trace_id
    assert (job.status, job.attempt, job.launch_try, job.status_rank) == (JobState.CLAIMED, 1, 0, 10)
    assert (job.user_failures, job.infra_failures, job.launch_token, job.task_arn) == (0, 0, None, None)
    assert job.claimed_at is not None
    assert abs(job.claimed_at - queue.now()) < timedelta(seconds=30)


async def test_asking_again_what_a_claim_took_gives_the_same(queue: Queue) -> None:
    queue.enqueue(request(), request())
    fence = await lead(queue)
    assert await claim(queue, fence) == [job.job_id for job in await queue.store.claimed("claim-1")]
    assert await queue.store.claimed("claim-of-nobody") == []


async def test_p18_a_job_id_asked_for_twice_runs_once(queue: Queue) -> None:
    first, second = request(job_id="twice"), request(job_id="twice")
    queue.enqueue(first, age_s=5)
    queue.enqueue(second)
    fence = await lead(queue)
    assert await claim(queue, fence) == ["twice"]
    third = request(job_id="twice")
    queue.enqueue(third)
    assert await claim(queue, fence, claim_id="claim-2") == []
    for asked in (second, third):
        seen = queue.seen(asked)
        assert seen is not None
        assert (seen.status, seen.duplicate_of) == ("DUPLICATE", "twice")


async def test_p18_a_dedupe_key_is_one_job_while_it_is_open(queue: Queue) -> None:
    first, second, third, fourth = (request(dedupe_key="monday") for _ in range(4))
    queue.enqueue(first, age_s=5)
    queue.enqueue(second)
    fence = await lead(queue)
    assert await claim(queue, fence) == [first.job_id]
    queue.enqueue(third)
    assert await claim(queue, fence, claim_id="claim-2") == []
    (job,) = await queue.store.claimed("claim-1")
    done = replace(job, status=JobState.SUCCEEDED, status_rank=90, finished_at=NOW)
    assert await queue.store.write(fence, Batch([Change(done)])) == 1
    queue.enqueue(fourth)
    assert await claim(queue, fence, claim_id="claim-3") == [fourth.job_id]
    duplicates = [queue.seen(asked) for asked in (second, third)]
    assert [seen.duplicate_of for seen in duplicates if seen] == [first.job_id] * 2


async def test_requests_without_a_dedupe_key_have_nothing_to_do_with_each_other(queue: Queue) -> None:
    queue.enqueue(request(), request(), request())
    assert len(await claim(queue, await lead(queue))) == 3


async def test_a_request_that_waited_too_long_expires_and_never_runs(queue: Queue) -> None:
    old, young = request(), request()
    queue.enqueue(old, age_s=MAX_QUEUE_AGE_S + 60)
    queue.enqueue(young, age_s=MAX_QUEUE_AGE_S - 60)
    assert await claim(queue, await lead(queue)) == [young.job_id]
    seen = queue.seen(old)
    assert seen is not None
    assert (seen.status, seen.duplicate_of) == ("EXPIRED", None)


async def test_a_request_for_later_than_the_longest_wait_waits_from_then_on(queue: Queue) -> None:
    due = request(not_before=queue.now() - timedelta(seconds=60))
    later = request(not_before=queue.now() + timedelta(days=30))
    queue.enqueue(due, later, age_s=MAX_QUEUE_AGE_S * 10)
    missed = request(not_before=queue.now() - timedelta(seconds=MAX_QUEUE_AGE_S + 60))
    queue.enqueue(missed, age_s=MAX_QUEUE_AGE_S * 10)
    assert await claim(queue, await lead(queue)) == [due.job_id]
    statuses = [seen.status if (seen := queue.seen(asked)) else None for asked in (due, later, missed)]
    assert statuses == ["CLAIMED", None, "EXPIRED"]


async def test_an_expired_request_does_not_hold_its_dedupe_key(queue: Queue) -> None:
    old, young = request(dedupe_key="k"), request(dedupe_key="k")
    queue.enqueue(old, age_s=MAX_QUEUE_AGE_S + 60)
    queue.enqueue(young)
    assert await claim(queue, await lead(queue)) == [young.job_id]


async def test_without_free_slots_duplicates_and_overdue_end_all_the_same(queue: Queue) -> None:
    old, first, second = request(), request(job_id="one"), request(job_id="one")
    queue.enqueue(old, age_s=MAX_QUEUE_AGE_S + 60)
    queue.enqueue(first, age_s=5)
    queue.enqueue(second)
    assert await claim(queue, await lead(queue), slots=0) == []
    statuses = [seen.status if (seen := queue.seen(asked)) else None for asked in (old, first, second)]
    assert statuses == ["EXPIRED", None, "DUPLICATE"]


async def test_not_before_is_kept_and_told(queue: Queue) -> None:
    assert await queue.store.next_due_s() is None
    later = request(not_before=queue.now() + timedelta(seconds=600))
    queue.enqueue(later)
    assert await claim(queue, await lead(queue)) == []
    due_s = await queue.store.next_due_s()
    assert due_s is not None
    assert 570 < due_s <= 600


async def test_p3_a_claim_with_an_old_fence_takes_nothing(queue: Queue) -> None:
    asked = request()
    queue.enqueue(asked)
    old = await lead(queue)
    await lead(queue)
    assert await claim(queue, old) == []
    assert queue.seen(asked) is None


async def test_a_job_that_ran_is_claimed_again_with_the_next_attempt(queue: Queue) -> None:
    queue.enqueue(request())
    fence = await lead(queue)
    await claim(queue, fence)
    (job,) = await queue.store.claimed("claim-1")
    began = replace(job, launch_try=1, launched_at=NOW, started_at=NOW, task_arn=ARN, launch_token="t")
    waiting = replace(began, status=JobState.RETRY_WAIT, status_rank=50, infra_failures=1)
    await queue.store.write(fence, Batch([Change(waiting, due_in_s=0.0)]))
    assert len(await claim(queue, fence, claim_id="claim-2")) == 1
    (again,) = await queue.store.claimed("claim-2")
    assert (again.attempt, again.launch_try, again.infra_failures) == (2, 0, 1)
    assert (again.launched_at, again.started_at, again.task_arn, again.launch_token) == (None, None, None, None)
    assert again.progress > waiting.progress


async def test_a_job_that_never_ran_is_claimed_again_on_the_same_attempt(queue: Queue) -> None:
    queue.enqueue(request())
    fence = await lead(queue)
    await claim(queue, fence)
    (job,) = await queue.store.claimed("claim-1")
    refused = replace(job, launch_try=1, status=JobState.RETRY_WAIT, status_rank=50)
    await queue.store.write(fence, Batch([Change(refused, due_in_s=0.0)]))
    await claim(queue, fence, claim_id="claim-2")
    (again,) = await queue.store.claimed("claim-2")
    assert again.attempt == 1
    assert again.progress > refused.progress


async def test_a_retry_waits_until_it_is_due(queue: Queue) -> None:
    queue.enqueue(request())
    fence = await lead(queue)
    await claim(queue, fence)
    (job,) = await queue.store.claimed("claim-1")
    waiting = replace(job, status=JobState.RETRY_WAIT, status_rank=50)
    await queue.store.write(fence, Batch([Change(waiting, due_in_s=300.0)]))
    assert await claim(queue, fence, claim_id="claim-2") == []
    due_s = await queue.store.next_due_s()
    assert due_s is not None
    assert 270 < due_s <= 300
    (open_job,) = await queue.store.open_jobs()
    assert open_job.status is JobState.RETRY_WAIT


async def test_the_token_differs_after_a_request_and_not_by_itself(queue: Queue) -> None:
    before = await queue.store.intake_token()
    assert await queue.store.intake_token() == before
    queue.enqueue(request())
    after = await queue.store.intake_token()
    assert after != before
    fence = await lead(queue)
    await claim(queue, fence)
    (job,) = await queue.store.claimed("claim-1")
    await queue.store.write(fence, Batch(events=[event(job, JobEvent.STARTED, NOW)]))
    assert await queue.store.intake_token() == after
