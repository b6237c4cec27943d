"""The one writer."""

from dataclasses import replace

import pytest

from contract.events import JobEvent
from contract.states import JobState
from executor.batches import Batch, Change
from executor.core.settle import event
from executor.loops.intents import Intents
from executor.port_errors import DeposedError, RowRefusedError, StoreUnavailableError
from executor.testing.memory_store import MemoryStore
from executor.testing.virtual_clock import VirtualClock
from executor.writer import MAX_ROWS, Writer
from tests.jobs import NOW, job, request

LAUNCHED, RUNNING = (job(state, request_id="r") for state in (JobState.LAUNCHED, JobState.RUNNING))


async def leading(rows: int = 1) -> tuple[MemoryStore, Writer]:
    store = MemoryStore(VirtualClock().now)
    for number in range(rows):
        store.enqueue(request(request_id=f"r{number}" if rows > 1 else "r"))
    await store.take_fence(0, "me")
    await store.claim(1, "c", rows)
    writer = Writer(store)
    writer.begin(1)
    return store, writer


async def test_without_a_fence_nothing_is_taken_and_nothing_is_written() -> None:
    store, _ = await leading()
    writer = Writer(store)
    writer.put(Change(LAUNCHED))
    assert writer.pending == 0
    await writer.drain()
    assert store.state["r"].job.status is JobState.CLAIMED


async def test_what_is_noted_changes_no_row_and_is_written_with_the_next_write() -> None:
    store, writer = await leading()
    writer.note(event(LAUNCHED, JobEvent.LAUNCH_THROTTLED, NOW, reason="Rate exceeded"), waits_since_s=7.0)
    writer.note(event(LAUNCHED, JobEvent.LAUNCH_UNANSWERED, NOW, reason="no answer"), waits_since_s=9.0)
    assert (writer.urgent, writer.waits_since_s) == (False, 7.0)
    await writer.drain()
    assert [one.event for one in store.events] == [JobEvent.LAUNCH_THROTTLED, JobEvent.LAUNCH_UNANSWERED]
    assert (writer.waits_since_s, store.state["r"].job.status) == (None, JobState.CLAIMED)


async def test_a_newer_change_takes_the_place_of_an_older_one() -> None:
    store, writer = await leading()
    writer.put(Change(LAUNCHED), events=(event(LAUNCHED, JobEvent.LAUNCHED, NOW),))
    writer.put(Change(RUNNING), events=(event(RUNNING, JobEvent.STARTED, NOW),))
    assert writer.pending == 1
    await writer.drain()
    assert store.state["r"].job.status is JobState.RUNNING
    assert [entry.event for entry in store.events] == [JobEvent.LAUNCHED, JobEvent.STARTED]
    assert writer.pending == 0


async def test_p14_what_could_not_be_written_waits_and_is_written_once() -> None:
    store, writer = await leading()
    store.faults.fail("write")
    writer.put(Change(LAUNCHED))
    with pytest.raises(StoreUnavailableError):
        await writer.drain()
    assert writer.pending == 1
    await writer.drain()
    assert store.state["r"].job.status is JobState.LAUNCHED


async def test_a_lost_answer_is_no_reason_to_step_down() -> None:
    store, writer = await leading()
    store.faults.lose_answer("write")
    writer.put(Change(LAUNCHED))
    with pytest.raises(StoreUnavailableError):
        await writer.drain()
    await writer.drain()
    assert writer.pending == 0


async def test_p3_when_the_fence_is_anothers_the_writer_says_so() -> None:
    store, writer = await leading()
    await store.take_fence(1, "another")
    writer.put(Change(LAUNCHED))
    with pytest.raises(DeposedError, match="fence 1"):
        await writer.drain()
    assert store.state["r"].job.status is JobState.CLAIMED


async def test_p24_a_row_that_is_gone_is_told_and_the_others_are_written() -> None:
    store, _ = await leading(2)
    astray: set[str] = set()
    writer = Writer(store, on_astray=astray.update)
    writer.begin(1)
    del store.state["r0"]
    for key in ("r0", "r1"):
        writer.put(Change(job(JobState.LAUNCHED, request_id=key)))
    await writer.drain()
    assert astray == {"r0"}
    assert writer.pending == 0
    assert store.state["r1"].job.status is JobState.LAUNCHED


async def test_what_was_meant_for_an_earlier_fence_is_dropped() -> None:
    store, writer = await leading()
    writer.put(Change(LAUNCHED))
    writer.begin(2)
    await writer.drain()
    assert store.state["r"].job.status is JobState.CLAIMED


async def test_what_cannot_wait_is_written_alone_and_the_rest_stays_together() -> None:
    store, writer = await leading(2)
    other, urgent = (job(JobState.LAUNCHED, request_id=name) for name in ("r0", "r1"))
    writer.put(Change(other), events=(event(other, JobEvent.LAUNCHED, NOW),))
    writer.put(first := Change(urgent))
    await writer.write_first(first)
    assert [store.state[key].job.status for key in ("r0", "r1")] == [JobState.CLAIMED, JobState.LAUNCHED]
    assert (store.events, writer.pending) == ([], 1)
    await writer.drain()
    assert [store.state["r0"].job.status, len(store.events)] == [JobState.LAUNCHED, 1]


async def test_where_a_newer_change_took_the_place_of_what_cannot_wait_that_one_is_written() -> None:
    store, writer = await leading()
    writer.put(older := Change(LAUNCHED))
    writer.put(Change(RUNNING))
    await writer.write_first(older)
    assert (store.state["r"].job.status, writer.pending) == (JobState.RUNNING, 0)


async def test_p2_what_cannot_wait_and_was_refused_is_on_its_row_before_anybody_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store, writer = await leading()
    whole, troubles = store.write, [RowRefusedError("cost_usd"), StoreUnavailableError("gone")]

    async def troubled(fence: int, batch: Batch) -> int:
        if troubles:
            raise troubles.pop(0)
        return await whole(fence, batch)

    monkeypatch.setattr(store, "write", troubled)
    writer.put(intent := Change(replace(LAUNCHED, cost_usd=0.5)))
    with pytest.raises(StoreUnavailableError):
        await writer.write_first(intent)
    await writer.write_first(intent)
    assert (store.state["r"].job.status, writer.pending) == (JobState.LAUNCHED, 0)


async def test_what_only_happened_waits_for_a_change() -> None:
    store, writer = await leading()
    writer.tell([event(LAUNCHED, JobEvent.LAUNCH_INTENDED, NOW)])
    assert not writer.urgent
    assert writer.waits_since_s is None
    writer.put(Change(LAUNCHED), events=(event(LAUNCHED, JobEvent.LAUNCHED, NOW),))
    await writer.drain()
    assert [entry.event for entry in store.events] == [JobEvent.LAUNCH_INTENDED, JobEvent.LAUNCHED]


async def test_p3_the_history_tells_of_no_intent_that_an_earlier_reign_could_not_write() -> None:
    store, writer = await leading()
    intents, meant = Intents(writer), replace(LAUNCHED, status=JobState.CLAIMED)
    intents.put(Change(meant), event(meant, JobEvent.LAUNCH_INTENDED, NOW))
    store.faults.fail("write")
    with pytest.raises(StoreUnavailableError):
        await intents.write()
    for fence in (1, 2):
        await store.take_fence(fence, "me")
    writer.begin(3)
    await intents.write()
    await writer.drain()
    assert (store.events, bool(intents)) == ([], False)


async def test_many_changes_go_in_batches() -> None:
    rows = MAX_ROWS + 50
    store, writer = await leading(rows)
    for number in range(rows):
        writer.put(Change(job(JobState.LAUNCHED, request_id=f"r{number}")))
    await writer.drain()
    assert {row.job.status for row in store.state.values()} == {JobState.LAUNCHED}


class BusyStore(MemoryStore):
    """While one write is under way, the next change comes."""

    writer: Writer
    later = 3

    async def write(self, fence: int, batch: Batch) -> int:
        if self.later:
            self.later -= 1
            name = f"r{self.later}"
            self.writer.put(Change(job(JobState.LAUNCHED, request_id=name)))
        return await super().write(fence, batch)


async def test_a_drain_ends_when_what_waited_is_written_however_much_comes_meanwhile() -> None:
    store = BusyStore(VirtualClock().now)
    for number in range(4):
        store.enqueue(request(request_id=f"r{number}"))
    await store.take_fence(0, "me")
    await store.claim(1, "c", 4)
    store.writer = writer = Writer(store)
    writer.begin(1)
    writer.put(Change(job(JobState.LAUNCHED, request_id="r3")))
    await writer.drain()
    assert store.state["r3"].job.status is JobState.LAUNCHED
    assert store.later == 2
    assert writer.pending == 1
