"""Until when a lease is trusted, and when to try for it."""

from executor.core.leadership import LEASE_S, MARGIN_S, RENEW_EVERY_S, LeaseView, may_take, trusted_until


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
