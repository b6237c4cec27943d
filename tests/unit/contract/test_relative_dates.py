"""Dates said in words."""

import contextlib
from datetime import date

import pytest

from contract.relative_dates import resolve_date

DAY = date(2026, 3, 31)


@pytest.mark.parametrize(
    ("word", "day"),
    [
        ("2026-01-31", date(2026, 1, 31)),
        ("business_date", DAY),
        ("yesterday", DAY),
        ("today", date(2026, 4, 1)),
        ("start_of_week", date(2026, 3, 30)),
        ("start_of_month", date(2026, 3, 1)),
        ("end_of_month", date(2026, 3, 31)),
        ("start_of_quarter", date(2026, 1, 1)),
        ("start_of_year", date(2026, 1, 1)),
        ("business_date-7d", date(2026, 3, 24)),
        ("business_date+1w", date(2026, 4, 7)),
        ("business_date-1m", date(2026, 2, 28)),
        ("start_of_month-11m", date(2025, 4, 1)),
        ("start_of_month+10m", date(2027, 1, 1)),
        ("business_date-1y", date(2025, 3, 31)),
    ],
)
def test_a_word_names_a_day(word: str, day: date) -> None:
    assert resolve_date(word, DAY) == day


def test_a_year_before_a_leap_day_is_the_last_of_february() -> None:
    assert resolve_date("business_date-1y", date(2024, 2, 29)) == date(2023, 2, 28)


@pytest.mark.parametrize(
    "word", ["", "tomorrow", "business_date-", "business_date-7", "7d", "2026-02-30", "business_date+9999y"]
)
def test_another_word_is_a_value_error(word: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        resolve_date(word, DAY)


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_ends_of_the_calendar_are_a_value_error_at_most(day: date) -> None:
    for word in ("today", "start_of_week", "end_of_month", "business_date-9999d", "business_date+9999w"):
        with contextlib.suppress(ValueError):
            assert isinstance(resolve_date(word, day), date)
