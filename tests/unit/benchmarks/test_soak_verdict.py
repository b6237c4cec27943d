"""A soak's verdict: what rises for good is growing, what breathes is flat."""

import math

import pytest

from benchmarks.soak_verdict import count_grows, lows, memory_grows, memory_mark, rows_told, trend

HOUR = range(0, 3600, 5)


def test_what_rises_through_the_warm_up_alone_is_flat() -> None:
    memory = trend([(s, 200 + min(s, 1200) / 10 + 5 * math.sin(s)) for s in HOUR], 1200)
    assert not memory_grows(memory)


@pytest.mark.parametrize("per_hour", [25, 50, 400])
def test_what_keeps_rising_is_growing_and_the_slope_says_how_fast(per_hour: float) -> None:
    memory = trend([(s, 200 + per_hour * s / 3600 + 5 * math.sin(s)) for s in HOUR], 1200)
    assert memory_grows(memory)
    assert memory.per_hour == pytest.approx(per_hour, rel=0.05)


@pytest.mark.parametrize("held_mb", [200, 2000])
def test_the_mark_is_a_slope_however_much_a_process_holds(held_mb: float) -> None:
    assert memory_grows(trend([(s, held_mb + s / 144) for s in HOUR], 1200))  # 25 MiB per hour
    assert not memory_grows(trend([(s, held_mb + s / 240) for s in HOUR], 1200))  # 15


def test_a_short_soak_does_not_take_breathing_for_growth_and_says_its_mark() -> None:
    memory = trend([(s, 200 + s / 60) for s in range(0, 121, 5)], 40)  # 60 MiB per hour, but 1.3 MiB in all
    assert memory_mark(memory) == pytest.approx(225)
    assert not memory_grows(memory)
    assert memory_mark(trend([(s, 200.0) for s in HOUR], 1200)) == 20


@pytest.mark.parametrize(("per_hour", "grows"), [(0, False), (25, True)])
def test_what_is_taken_for_a_large_answer_and_given_back_is_not_kept(per_hour: float, grows: bool) -> None:
    # Large answers come in the last minutes only, so that all samples together would show a slope.
    answers = [50.0 if s > 2400 and s % 60 > 10 else 0.0 for s in HOUR]
    samples = [(s, 200 + per_hour * s / 3600 + taken) for s, taken in zip(HOUR, answers, strict=True)]
    assert memory_grows(trend(samples, 1200))
    memory = trend(lows(samples), 1200)
    assert memory_grows(memory) == grows
    assert memory.per_hour == pytest.approx(per_hour, abs=1)


def test_a_soak_of_two_minutes_has_lows_enough() -> None:
    assert trend(lows([(s, 200.0) for s in range(0, 121, 5)]), 40).rise == 0


def test_threads_that_stay_are_growing_and_threads_that_come_and_go_are_not() -> None:
    assert count_grows(trend([(s, 10 + s // 300) for s in HOUR], 1200))
    assert not count_grows(trend([(s, 10 + s // 5 % 4) for s in HOUR], 1200))


def test_too_short_a_time_is_said_and_not_judged() -> None:
    with pytest.raises(ValueError, match="run it longer"):
        trend([(5.0, 200.0)], 60.0)


def test_rows_of_jobs_are_told_as_a_slope() -> None:
    told = rows_told(360, 360 * 5 * 1024, 3600.0)
    assert told.startswith("rows kept: of 360 jobs, 5.0 KiB each; 1.8 MiB/h")


def test_a_soak_without_jobs_keeps_no_rows() -> None:
    assert rows_told(0, 0, 60.0).startswith("rows kept: of 0 jobs, 0.0 KiB each; 0.0 MiB/h")
