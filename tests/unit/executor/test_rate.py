"""Token buckets of our own, and how they give way when AWS refuses all the same."""

from hypothesis import given
from hypothesis import strategies as st

from executor.core.cadence import next_look_s
from executor.core.rate import (
    LEAST_SHARE,
    RECOVERS_IN_S,
    Bucket,
    Rate,
    ahead,
    filled,
    full,
    granted,
    opened,
    refused,
    taken,
    wait_s,
)

RATE = Rate(per_s=20, burst=10)
pauses = st.floats(min_value=0, max_value=5)


def calls(bucket: Bucket, until_s: float, at_s: float = 0.0) -> tuple[Bucket, list[float]]:
    """When one caller who always wants more makes its calls."""
    made = []
    while at_s < until_s:
        at_s += wait_s(bucket, at_s)
        bucket = taken(bucket, at_s)
        made.append(at_s)
    return bucket, made


def test_p12_after_a_burst_calls_come_at_the_rate() -> None:
    _, made = calls(full(RATE, 0.0), 10.0)
    assert sum(at_s == 0 for at_s in made) == 10 - 1
    assert abs(len(made) - (10 + 200)) <= 1


@given(st.lists(pauses, min_size=1, max_size=200))
def test_p12_in_no_window_are_there_more_calls_than_burst_and_rate_allow(steps: list[float]) -> None:
    bucket, at_s, made = full(RATE, 0.0), 0.0, []
    for step_s in steps:
        at_s += step_s / 10
        at_s += wait_s(bucket, at_s)
        bucket = taken(bucket, at_s)
        made.append(at_s)
    for first, start_s in enumerate(made):
        for last in range(first, len(made)):
            window_s = made[last] - start_s
            assert last - first + 1 <= RATE.burst + window_s * RATE.per_s + 1 + 1e-6


def test_p12_a_refusal_halves_the_rate_for_a_while() -> None:
    shy = refused(full(RATE, 0.0), 0.0, 0.0)
    assert shy.share == 0.5
    assert shy.shut_until_s == 0.5
    assert wait_s(shy, 0.0) >= 0.5
    assert filled(shy, RECOVERS_IN_S / 2).share == 0.75
    assert filled(shy, 10 * RECOVERS_IN_S).share == 1.0


def test_refusals_together_are_one_and_refusals_in_a_row_rest_longer() -> None:
    once = refused(full(RATE, 0.0), 0.0, 0.0)
    assert refused(once, 0.1, 0.0).shut_until_s == once.shut_until_s
    twice = refused(once, 1.0, 0.0)
    assert twice.shut_until_s - 1.0 == 1.0
    assert refused(granted(twice), 9.0, 0.0).shut_until_s - 9.0 == 0.5
    bucket, at_s = full(RATE, 0.0), 0.0
    for _ in range(50):
        bucket = refused(bucket, at_s, 0.999)
        assert bucket.shut_until_s - at_s <= 10
        at_s = bucket.shut_until_s
    assert bucket.share >= LEAST_SHARE
    assert wait_s(bucket, at_s) < 60


def test_what_can_be_launched_soon_is_known_before_it_is_claimed() -> None:
    assert ahead(full(RATE, 0.0), 0.0, 2.0) == 50
    used = full(RATE, 0.0)
    for _ in range(50):
        used = taken(used, 0.0)
    assert ahead(used, 0.0, 2.0) == 0
    resting = refused(full(RATE, 0.0), 0.0, 0.999, no_room=True)
    assert ahead(resting, 0.0, 0.9) == 0
    assert ahead(opened(resting, 0.0), 0.0, 0.9) > 0


def test_p16_what_cannot_wait_goes_first_and_rests_only_for_throttles() -> None:
    empty = full(RATE, 0.0)._replace(tokens=0.0)
    assert (wait_s(empty, 0.0, first=True), wait_s(empty, 0.0)) == (1 / RATE.per_s, 2 / RATE.per_s)
    throttled, no_room = (refused(full(RATE, 0.0), 0.0, 0.999, no_room=no_room) for no_room in (False, True))
    assert wait_s(throttled, 0.0, first=True) > 0.9
    assert wait_s(no_room, 0.0, first=True) <= 2 / RATE.per_s
    assert wait_s(no_room, 0.0) > 0.9


def test_what_is_left_to_others_keeps_nobody_from_calling_for_ever() -> None:
    for bucket in (full(Rate(per_s=1, burst=1), 0.0), full(RATE, 0.0)._replace(share=LEAST_SHARE)):
        at_s = wait_s(bucket._replace(tokens=0.0), 0.0)
        assert at_s < 60
        assert wait_s(bucket._replace(tokens=0.0), at_s) == 0


def test_a_young_task_is_looked_at_often_and_an_old_one_seldom() -> None:
    assert [next_look_s(age_s, 2, 30) for age_s in (0, 10, 60, 300, 86_400)] == [2, 2, 12, 30, 30]
    assert next_look_s(0, 5, 2) == 5
