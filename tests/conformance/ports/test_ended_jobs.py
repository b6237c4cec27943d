"""What has ended stays as it ended. The claim is asked of the fake and of a local Snowflake."""

from contract.states import JobState
from executor.batches import Batch, Change
from tests.conformance.ports.stores import Queue
from tests.conformance.ports.test_store_writes import moved, one_claimed
from tests.jobs import NOW


async def test_p3_a_job_that_has_ended_stays_so_whatever_a_later_attempt_says(queue: Queue) -> None:
    fence, job = await one_claimed(queue)
    ended = moved(job, JobState.CANCELLED, 90, finished_at=NOW)
    assert await queue.store.write(fence, Batch(changes=[Change(ended)])) == 1
    further = moved(job, JobState.CLAIMED, 10, attempt=2, launch_try=1)
    assert await queue.store.write(fence, Batch(changes=[Change(further)])) == 0
    assert (await queue.store.progress([job.request_id]))[job.request_id] == ended.progress
