"""Until when a lease is trusted, and when to try for it."""

import pytest

from executor.adapters.snowflake_session import LATE_S, NETWORK_TIMEOUT_S
from executor.core.leadership import (
    LEASE_S,
    LOOK_EVERY_S,
    MARGIN_S,
    MAX_STAND_BACK_S,
    RENEW_EVERY_S,
    STATEMENT_TIMEOUT_S,
    Leader,
    LeaseView,
    may_send,
    may_take,
    quiet_in_s,
    stand_back_s,
    trusted_until,
)


def test_trust_counts_from_before_the_question_and_ends_before_the_lease() -> None:
    assert trusted_until(100.0) == 100.0 + LEASE_S - MARGIN_S
    assert trusted_until(100.0) < 100.0 + LEASE_S


def test_two_renewals_may_fail_before_trust_ends() -> None:
    assert trusted_until(0.0) > 2 * RENEW_EVERY_S


def test_a_lease_is_tried_for_when_absent_released_mine_or_old() -> None:
    assert may_take(None, "me")
    assert may_take(LeaseView("other", 1.0, "e", released=True), "me")
    assert may_take(LeaseView("me", 1.0, "e"), "me")
    assert may_take(LeaseView("other", LEASE_S + 0.1, "e"), "me")
    assert not may_take(LeaseView("other", LEASE_S, "e"), "me")
    assert not may_take(LeaseView("other", -5.0, "e"), "me")


def test_a_statement_fits_into_the_trust_that_is_left_just_before_a_renewal() -> None:
    assert may_send(trusted_until(0.0), RENEW_EVERY_S + 0.9)


def test_a_statement_is_not_sent_when_it_could_outlast_the_trust() -> None:
    assert may_send(100.0, 100.0 - STATEMENT_TIMEOUT_S)
    assert not may_send(100.0, 100.1 - STATEMENT_TIMEOUT_S)


def test_what_was_sent_late_or_arrived_late_is_over_when_the_next_leader_has_waited() -> None:
    last_sent_s = LEASE_S - MARGIN_S - STATEMENT_TIMEOUT_S + LATE_S
    arrives_s = last_sent_s + NETWORK_TIMEOUT_S
    assert arrives_s + STATEMENT_TIMEOUT_S <= LEASE_S + LOOK_EVERY_S + STATEMENT_TIMEOUT_S


def test_a_stand_by_leads_within_half_a_minute_of_a_kill() -> None:
    rounding_s = 1.0  # Last-Modified has whole seconds
    assert LEASE_S + rounding_s + LOOK_EVERY_S + STATEMENT_TIMEOUT_S < 30


@pytest.mark.parametrize(
    ("before", "won_from", "waits_s"),
    [
        (Leader(0), None, 0),
        (Leader(3, "old", "17"), LeaseView("old", 1.0, "e", released=True), 0),
        (Leader(3, "old", "17"), LeaseView("old", 60.0, "e"), STATEMENT_TIMEOUT_S),
        (Leader(3, "old", "17"), LeaseView("another", 1.0, "e", released=True), STATEMENT_TIMEOUT_S),
        (Leader(3, "old", "17"), None, STATEMENT_TIMEOUT_S),
    ],
)
def test_only_who_let_go_himself_or_nobody_needs_no_waiting(
    before: Leader, won_from: LeaseView | None, waits_s: float
) -> None:
    assert quiet_in_s(before, won_from) == waits_s


def test_rivals_stand_back_longer_each_time_and_not_equally_long() -> None:
    assert stand_back_s(2, 0.5) == 2 * stand_back_s(1, 0.5)
    assert stand_back_s(1, 0.0) < stand_back_s(1, 0.9)
    assert stand_back_s(50, 0.9) < 2 * MAX_STAND_BACK_S
