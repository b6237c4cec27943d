"""Each guard of the queue, taken away once: the claim that rests on it must go red, in memory and in SQL."""

from collections.abc import Awaitable, Callable

import pytest

from contract.job import JobRow
from executor.adapters import snowflake_session
from executor.testing.memory_queue import StateRow
from executor.testing.memory_store import MemoryStore
from executor.testing.virtual_clock import VirtualClock
from sql import load
from tests.conformance.ports import test_store_cancels as cancels
from tests.conformance.ports import test_store_caps as caps
from tests.conformance.ports import test_store_claims as claims
from tests.conformance.ports import test_store_orders as orders
from tests.conformance.ports import test_store_writes as writes
from tests.conformance.ports.stores import MAX_QUEUE_AGE_S, MemoryQueue, Queue, SnowflakeQueue

Claim = Callable[[Queue], Awaitable[None]]


class NoFence(MemoryStore):
    """Anybody may write."""

    def _holds(self, fence: int) -> bool:
        return bool(fence >= 0)


class NoOwner(MemoryStore):
    """A row takes a write of whoever leads, restamped or not."""

    def _owns(self, row: StateRow, fence: int) -> bool:
        return bool(row.fence or fence)


class NotOnlyForward(MemoryStore):
    """A row takes an older truth too."""

    def _forward(self, old: JobRow, new: JobRow) -> bool:
        return bool(old.request_id == new.request_id)


@pytest.mark.parametrize(
    ("mutant", "claim"),
    [
        pytest.param(NoFence, claims.test_p3_a_claim_with_an_old_fence_takes_nothing, id="claim without fence"),
        pytest.param(NoFence, writes.test_a_fence_is_taken_by_one_only, id="take_fence without compare"),
        pytest.param(
            NoFence, writes.test_p3_a_stale_fence_writes_no_state_no_result_and_no_event, id="write without fence"
        ),
        pytest.param(NoFence, writes.test_p3_a_stale_fence_keeps_no_circuit_breaker, id="breaker without fence"),
        pytest.param(NoOwner, writes.test_p3_after_restamp_the_rows_are_the_new_leaders, id="rows without owner"),
        pytest.param(
            NotOnlyForward, writes.test_p3_rows_only_move_forward_and_a_replay_changes_nothing, id="backwards"
        ),
    ],
)
async def test_without_the_guard_in_memory_the_claim_is_red(mutant: type[MemoryStore], claim: Claim) -> None:
    clock = VirtualClock()
    queue = MemoryQueue(mutant(clock.now, installation="ports", max_queue_age_s=MAX_QUEUE_AGE_S), clock)
    with pytest.raises(AssertionError):
        await claim(queue)


_HOLDS = "EXISTS (SELECT 1 FROM job_state WHERE request_id = '__leader__' AND fence = :fence)"
_FORWARD = "AND n.status_rank > s.status_rank)"


@pytest.mark.parametrize(
    ("statement", "guard", "instead", "claim"),
    [
        pytest.param(
            "claim",
            "WHERE request_id = '__leader__' AND fence = :fence",
            "WHERE request_id = '__leader__' AND :fence IS NOT NULL",
            claims.test_p3_a_claim_with_an_old_fence_takes_nothing,
            id="claim without fence",
        ),
        pytest.param(
            "claim",
            "CROSS JOIN leader",
            "CROSS JOIN (SELECT 0 AS fence) AS leader",
            writes.test_without_a_leader_row_nothing_is_claimed_and_the_loss_is_said,
            id="claim without leader row",
        ),
        pytest.param(
            "claim",
            ") <= type_cap",
            ") <= 1000000",
            caps.test_p11_the_cap_of_a_type_counts_what_is_at_work,
            id="claim without the cap of a type",
        ),
        pytest.param(
            "claim",
            ") <= :per_requester",
            ") <= :per_requester + 1000000",
            caps.test_p11_the_cap_of_a_requester_counts_what_is_at_work,
            id="claim without the cap of a requester",
        ),
        pytest.param(
            "claim",
            "PARTITION BY priority, report_type ORDER BY",
            "PARTITION BY priority ORDER BY",
            caps.test_p11_a_flood_of_one_type_does_not_starve_another,
            id="claim without turns",
        ),
        pytest.param(
            "claim",
            "own.paused, every.paused), FALSE",
            "FALSE, FALSE), FALSE",
            caps.test_a_paused_type_is_not_claimed_and_wakes_nobody_until_it_is_resumed,
            id="claim without pauses",
        ),
        pytest.param(
            "claim",
            "WHERE duplicate_of IS NOT NULL OR cancelled OR overdue",
            "WHERE duplicate_of IS NOT NULL OR overdue",
            cancels.test_p16_what_nobody_claimed_yet_is_cancelled_also_without_free_slots,
            id="claim without cancels",
        ),
        pytest.param(
            "take_fence",
            "AND fence = :fence",
            "AND :fence IS NOT NULL",
            writes.test_a_fence_is_taken_by_one_only,
            id="take_fence without compare",
        ),
        pytest.param(
            "insert_results",
            _HOLDS,
            ":fence IS NOT NULL",
            writes.test_p3_a_stale_fence_writes_no_state_no_result_and_no_event,
            id="results without fence",
        ),
        pytest.param(
            "insert_events",
            _HOLDS,
            ":fence IS NOT NULL",
            writes.test_p3_a_stale_fence_writes_no_state_no_result_and_no_event,
            id="events without fence",
        ),
        pytest.param(
            "write_state",
            _HOLDS,
            ":fence IS NOT NULL",
            writes.test_p3_a_stale_fence_writes_no_state_no_result_and_no_event,
            id="state without fence",
        ),
        pytest.param(
            "write_state",
            "AND s.fence = :fence",
            "AND :fence IS NOT NULL",
            writes.test_p3_after_restamp_the_rows_are_the_new_leaders,
            id="state without owner",
        ),
        pytest.param(
            "write_state",
            _FORWARD,
            "AND n.status_rank > 0)",
            writes.test_p3_rows_only_move_forward_and_a_replay_changes_nothing,
            id="state backwards",
        ),
        pytest.param(
            "note_pauses",
            "WHERE request_id = '__leader__' AND fence = :fence",
            "WHERE request_id = '__leader__' AND :fence IS NOT NULL",
            orders.test_p3_an_old_fence_notes_no_pause_and_forgets_nothing,
            id="note_pauses without fence",
        ),
        pytest.param(
            "prune_intake",
            _HOLDS,
            ":fence IS NOT NULL",
            orders.test_p3_an_old_fence_notes_no_pause_and_forgets_nothing,
            id="prune_intake without fence",
        ),
        pytest.param(
            "prune_results",
            _HOLDS,
            ":fence IS NOT NULL",
            orders.test_p3_an_old_fence_notes_no_pause_and_forgets_nothing,
            id="prune_results without fence",
        ),
        pytest.param(
            "prune_events",
            _HOLDS,
            ":fence IS NOT NULL",
            orders.test_p3_an_old_fence_notes_no_pause_and_forgets_nothing,
            id="prune_events without fence",
        ),
        pytest.param(
            "prune_state",
            _HOLDS,
            ":fence IS NOT NULL",
            orders.test_p3_an_old_fence_notes_no_pause_and_forgets_nothing,
            id="prune_state without fence",
        ),
        pytest.param(
            "prune_orders",
            _HOLDS,
            ":fence IS NOT NULL",
            orders.test_p3_an_old_fence_notes_no_pause_and_forgets_nothing,
            id="prune_orders without fence",
        ),
        pytest.param(
            "write_breaker",
            "AND leader.fence = :fence",
            "AND :fence IS NOT NULL",
            writes.test_p3_a_stale_fence_keeps_no_circuit_breaker,
            id="breaker without fence",
        ),
        pytest.param(
            "restamp",
            "AND leader.fence = :fence",
            "AND :fence IS NOT NULL",
            writes.test_p3_after_restamp_the_rows_are_the_new_leaders,
            id="restamp without fence",
        ),
    ],
)
async def test_without_the_guard_in_sql_the_claim_is_red(
    snowflake_queue: SnowflakeQueue,
    monkeypatch: pytest.MonkeyPatch,
    statement: str,
    guard: str,
    instead: str,
    claim: Claim,
) -> None:
    snowflake_queue.empty()
    whole = load(statement)
    assert whole.count(guard) == 1
    mutant = whole.replace(guard, instead)
    monkeypatch.setattr(snowflake_session, "load", lambda name: mutant if name == statement else load(name))
    with pytest.raises(AssertionError):
        await claim(snowflake_queue)
