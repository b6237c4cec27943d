"""An idle executor against a Snowflake that meters its warehouses."""

from typing import Any

from contract.policy import Limits
from executor.adapters.snowflake_session import SnowflakeSession
from executor.adapters.snowflake_store import SnowflakeStore
from executor.board import Board
from executor.breakers import Breakers
from executor.budgets import Budgets
from executor.core.rate import Rate
from executor.core.waking import SLOWEST_S
from executor.loops.claim import Claim
from executor.testing.virtual_clock import VirtualClock
from executor.writer import Writer
from tests.conformance.ports.stores import MAX_QUEUE_AGE_S, SnowflakeQueue
from tests.jobs import request

NEEDED = (
    "SELECT text FROM TABLE(LOCAL_CLOUD_STATEMENTS())"
    " WHERE needed_warehouse AND query_tag LIKE 'reporting:%' AND started_at_s > ?"
)
LAST = "SELECT MAX(started_at_s) AS at_s FROM TABLE(LOCAL_CLOUD_STATEMENTS())"


async def test_p19_an_idle_hour_needs_no_warehouse_and_the_probe_has_none(
    snowflake_queue: SnowflakeQueue, snowflake_arguments: dict[str, Any]
) -> None:
    snowflake_queue.empty()
    without = {name: value for name, value in snowflake_arguments.items() if name != "warehouse"}
    session, probe = SnowflakeSession(snowflake_arguments, "executor"), SnowflakeSession(without, "probe")
    store, board, clock = SnowflakeStore(session, probe, MAX_QUEUE_AGE_S), Board(), VirtualClock()
    fence = await store.take_fence(await store.fence(), "idle")
    assert fence is not None
    board.begin(fence, [])
    board.trusted_until_s = float("inf")
    rate = Rate(20.0, 10)
    budgets = Budgets(clock, rate, rate)
    breakers = Breakers(store, board, Writer(store), clock, "reporting-job:3")
    claim = Claim(store, board, clock, Limits(), budgets.launches, breakers)

    async def looks_for(seconds: float) -> int:
        looks, until_s = 0, clock.monotonic_s() + seconds
        while clock.monotonic_s() < until_s:
            clock.advance(await claim.tick() or SLOWEST_S)
            looks += 1
        return looks

    await looks_for(1)
    clock.advance(900)
    await looks_for(1)
    (last,) = snowflake_queue.sql(LAST)
    assert 115 <= await looks_for(3_600) <= 125
    assert snowflake_queue.sql(NEEDED, last["at_s"]) == []
    snowflake_queue.enqueue(request())
    await looks_for(SLOWEST_S)
    assert len(board.jobs) == 1
    assert snowflake_queue.sql(NEEDED, last["at_s"]) != []
    for one in (session, probe):
        await one.close()
