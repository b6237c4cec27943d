"""The fake and a local Snowflake, given the same queue by chance, make the same of it."""

import random
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from contract.commands import ALL_TYPES, CommandKind
from contract.policy import Caps
from contract.request import RunRequest
from contract.states import JobState
from executor.batches import Batch, Change
from executor.testing.memory_store import MemoryStore
from executor.testing.virtual_clock import VirtualClock
from tests.conformance.ports.stores import MAX_QUEUE_AGE_S, MemoryQueue, Queue, SnowflakeQueue
from tests.jobs import NOW, request

TYPES = ("SALES_REPORT", "FLOOD", "RARE")
REQUESTERS = ("ANNA", "BEN")


@dataclass(frozen=True)
class Step:
    """What happens between two claims, and the claim."""

    asked: list[tuple[RunRequest, int, str]]
    orders: list[tuple[CommandKind, str]]
    ends: list[JobState | None]
    slots: int
    caps: Caps


def steps(dice: random.Random) -> list[Step]:
    """Three rounds of a queue that nobody thought of."""
    known: list[str] = []
    found = []
    for _ in range(3):
        asked = []
        for _ in range(dice.randint(4, 9)):
            again = dice.choice(known) if known and dice.random() < 0.2 else None
            more = {"job_id": again} if again else {}
            one = request(
                report_type=dice.choice(TYPES),
                priority=dice.choice((10, 50, 50, 90)),
                dedupe_key=dice.choice((None, None, "k1", "k2")),
                **more,
            )
            # Ages apart by minutes: the two have clocks of their own, and an order comes after what it is about.
            age_s = 60 * dice.randint(1, 40) + (MAX_QUEUE_AGE_S if dice.random() < 0.1 else 0)
            asked.append((one, age_s, dice.choice(REQUESTERS)))
            known.append(one.job_id)
        orders = [(CommandKind.CANCEL, dice.choice(known)) for _ in range(dice.randint(0, 2))]
        if dice.random() < 0.5:
            kind = dice.choice((CommandKind.PAUSE, CommandKind.RESUME))
            orders.append((kind, dice.choice((*TYPES, ALL_TYPES))))
        ends = [dice.choice((None, None, JobState.SUCCEEDED, JobState.RETRY_WAIT)) for _ in range(20)]
        caps = Caps(per_type=dice.choice((None, 1, 2)), per_requester=dice.choice((None, 2, 3)))
        found.append(Step(asked, orders, ends, dice.randint(0, 6), caps))
    return found


async def played(queue: Queue, plan: list[Step]) -> list[object]:
    """What everybody could see after each claim."""
    seen: list[object] = []
    fence = await queue.store.take_fence(await queue.store.fence(), "executor-1")
    assert fence is not None
    for number, step in enumerate(plan):
        for asked, age_s, requested_by in step.asked:
            queue.enqueue(asked, age_s=age_s, requested_by=requested_by)
        for kind, target in step.orders:
            queue.order(kind, target)
        await queue.store.claim(fence, f"claim-{number}", step.slots, step.caps)
        told = await queue.store.claimed(f"claim-{number}")
        due_s = await queue.store.next_due_s()
        seen.append(([(job.job_id, job.status) for job in told], queue.all_seen(), due_s is not None and due_s <= 0))
        changes = []
        for job, end in zip(await queue.store.open_jobs(), step.ends, strict=False):
            if end is JobState.SUCCEEDED:
                done = replace(job, status=end, status_rank=90, finished_at=NOW + timedelta(seconds=1))
                changes.append(Change(done))
            elif end is JobState.RETRY_WAIT and job.status is not JobState.RETRY_WAIT:
                waits = replace(job, status=end, status_rank=50, launched_at=NOW if number else None)
                changes.append(Change(waits, due_in_s=0.0))
        await queue.store.write(fence, Batch(changes))
    return seen


@pytest.mark.parametrize("seed", range(4))
async def test_p11_p16_p18_both_queues_make_the_same_of_the_same(snowflake_queue: SnowflakeQueue, seed: int) -> None:
    plan, clock = steps(random.Random(seed)), VirtualClock()
    memory = MemoryQueue(MemoryStore(clock.now, max_queue_age_s=MAX_QUEUE_AGE_S), clock)
    snowflake_queue.empty()
    assert await played(snowflake_queue, plan) == await played(memory, plan)
