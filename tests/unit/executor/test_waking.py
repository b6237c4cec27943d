"""When to look and when to write."""

import pytest

from executor.batches import Change
from executor.core.waking import AWAKE_S, SLOWEST_S, bell_in_s, pause_s, worth_a_write
from executor.testing.memory_store import MemoryStore
from executor.testing.virtual_clock import VirtualClock
from executor.writer import Writer
from tests.jobs import job


def test_p19_looks_follow_quickly_on_work_and_slow_down_to_half_a_minute() -> None:
    assert [pause_s(idle_s, 2.0) for idle_s in (0, 60, 300, 900, 86_400)] == [2, 2, 10, 30, SLOWEST_S]
    assert pause_s(0, 60.0) == 60.0


def test_a_doorbell_is_followed_by_looks_after_one_three_and_eight_seconds() -> None:
    assert [bell_in_s(100.0, 100.0 + at) for at in (0, 0.5, 1, 3, 7.5, 8, 9)] == [1, 0.5, 2, 5, 0.5, None, None]
    assert bell_in_s(None, 5.0) is None


def test_p19_what_can_wait_is_written_while_the_warehouse_is_awake_or_with_what_cannot() -> None:
    def worth(
        *, urgent: bool = False, waits_s: float | None = 1.0, idle_s: float, fresh_s: float | None = None
    ) -> bool:
        return worth_a_write(urgent=urgent, oldest_waits_s=waits_s, idle_warehouse_s=idle_s, freshness_s=fresh_s)

    assert worth(idle_s=AWAKE_S - 1)
    assert not worth(idle_s=AWAKE_S)
    assert worth(urgent=True, idle_s=1e6)
    assert not worth(waits_s=None, idle_s=0)


@pytest.mark.parametrize(("waits_s", "writes"), [(9.0, False), (10.0, True)])
def test_who_pays_for_fresh_status_has_it_written(waits_s: float, writes: bool) -> None:
    assert worth_a_write(urgent=False, oldest_waits_s=waits_s, idle_warehouse_s=1e6, freshness_s=10.0) is writes


async def test_a_change_that_can_wait_becomes_urgent_with_a_newer_one_that_cannot() -> None:
    store = MemoryStore(VirtualClock().now)
    writer = Writer(store)
    writer.begin(1)
    first, second = job(request_id="a"), job(request_id="b")
    writer.put(Change(first), waits_since_s=5.0)
    writer.put(Change(second), waits_since_s=7.0)
    assert (writer.urgent, writer.waits_since_s) == (False, 5.0)
    writer.put(Change(first))
    assert (writer.urgent, writer.waits_since_s) == (True, 7.0)
    writer.put(Change(first), waits_since_s=9.0)
    assert writer.urgent
    writer.end()
    assert (writer.urgent, writer.waits_since_s) == (False, None)
