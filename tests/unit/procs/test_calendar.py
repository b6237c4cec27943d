"""Which period a cadence means."""

from datetime import date

import pytest

from contract.ids import calendar_job_id
from contract.refusal import RefusedError
from contract.report import Cadence
from snowpark_procs.calendar import ended_periods, period_of

TODAY = date(2026, 3, 4)  # a Wednesday


@pytest.mark.parametrize(
    ("cadence", "given", "first", "last"),
    [
        (Cadence.DAILY, None, date(2026, 3, 3), date(2026, 3, 3)),
        (Cadence.DAILY, date(2024, 2, 29), date(2024, 2, 29), date(2024, 2, 29)),
        (Cadence.WEEKLY, None, date(2026, 2, 23), date(2026, 3, 1)),
        (Cadence.WEEKLY, date(2026, 3, 1), date(2026, 2, 23), date(2026, 3, 1)),
        (Cadence.WEEKLY, date(2026, 3, 2), date(2026, 3, 2), date(2026, 3, 8)),
        (Cadence.MONTHLY, None, date(2026, 2, 1), date(2026, 2, 28)),
        (Cadence.MONTHLY, date(2025, 12, 31), date(2025, 12, 1), date(2025, 12, 31)),
        (Cadence.QUARTERLY, None, date(2025, 10, 1), date(2025, 12, 31)),
        (Cadence.QUARTERLY, date(2025, 5, 31), date(2025, 4, 1), date(2025, 6, 30)),
        (Cadence.BUSINESS_DAYS, None, date(2026, 3, 3), date(2026, 3, 3)),
    ],
)
def test_a_cadence_means_the_period_that_ended_last_or_the_one_of_the_day_given(
    cadence: Cadence, given: date | None, first: date, last: date
) -> None:
    period = period_of(cadence, given, TODAY, "day")
    assert (period.first_day, period.last_day) == (first, last)


def test_the_first_of_january_looks_back_into_the_old_year() -> None:
    assert period_of(Cadence.DAILY, None, date(2026, 1, 1), "d").first_day == date(2025, 12, 31)
    assert period_of(Cadence.MONTHLY, None, date(2026, 1, 1), "d").first_day == date(2025, 12, 1)


def test_p18_every_day_of_a_period_names_the_same_period() -> None:
    days = [date(2026, 2, day) for day in range(1, 29)]
    assert len({period_of(Cadence.MONTHLY, day, TODAY, "d") for day in days}) == 1
    assert len({period_of(Cadence.WEEKLY, day, TODAY, "d") for day in days[1:8]}) == 1


def test_p22_the_future_is_refused_by_the_arguments_name_but_tomorrow_is_today_somewhere() -> None:
    assert period_of(Cadence.DAILY, date(2026, 3, 5), TODAY, "business_date").first_day == date(2026, 3, 5)
    with pytest.raises(RefusedError, match="business_date: 2026-03-06 lies in the future"):
        period_of(Cadence.DAILY, date(2026, 3, 6), TODAY, "business_date")


def test_a_period_that_has_not_ended_does_not_stand_for_the_whole() -> None:
    today = date(2026, 11, 18)
    week = period_of(Cadence.WEEKLY, today, today, "week_of")
    assert (week.first_day, week.so_far, week.business_date) == (date(2026, 11, 16), today, today)
    afterwards = period_of(Cadence.WEEKLY, today, date(2026, 11, 23), "week_of")
    assert (afterwards.so_far, afterwards.business_date) == (None, date(2026, 11, 22))
    ids = {calendar_job_id("prod", "T", period.first_day, period.so_far) for period in (week, afterwards)}
    assert len(ids) == 2


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1899, 12, 31), date(3000, 1, 1), date(9999, 12, 31)])
@pytest.mark.parametrize("cadence", list(Cadence))
def test_p22_a_day_at_the_end_of_time_is_refused_by_name(cadence: Cadence, day: date) -> None:
    with pytest.raises(RefusedError, match=r"^field: "):
        period_of(cadence, day, date(2026, 11, 18), "field")


def test_after_a_weekend_with_a_holiday_the_last_business_day_is_before_both() -> None:
    monday, friday = date(2026, 3, 9), date(2026, 3, 6)
    assert period_of(Cadence.BUSINESS_DAYS, None, monday, "d").first_day == friday
    assert period_of(Cadence.BUSINESS_DAYS, None, monday, "d", {friday}).first_day == date(2026, 3, 5)


@pytest.mark.parametrize(
    ("cadence", "first_days"),
    [
        (Cadence.DAILY, [date(2026, 2, day) for day in range(26, 29)] + [date(2026, 3, day) for day in (1, 2, 3)]),
        (Cadence.BUSINESS_DAYS, [date(2026, 2, 26), date(2026, 2, 27), date(2026, 3, 3)]),
        (Cadence.WEEKLY, [date(2026, 2, 23)]),
        (Cadence.MONTHLY, [date(2026, 2, 1)]),
    ],
)
def test_a_range_holds_the_periods_whose_last_day_lies_in_it_and_has_passed(
    cadence: Cadence, first_days: list[date]
) -> None:
    found = ended_periods(cadence, date(2026, 2, 26), date(2026, 12, 31), TODAY, {date(2026, 3, 2)})
    assert [period.first_day for period in found] == first_days


def test_p22_a_range_without_an_ended_period_is_refused() -> None:
    with pytest.raises(RefusedError, match="to_date: no quarter ended between 2026-01-01 and 2026-03-31; the last"):
        ended_periods(Cadence.QUARTERLY, date(2026, 1, 1), date(2026, 3, 31), TODAY)


def test_p22_more_periods_than_one_call_takes_are_counted_and_the_last_day_that_it_takes_is_named() -> None:
    says = (
        "to_date: 2010-01-01 to 2026-12-31 are 5906 periods, from 2010-01-01 to 2026-03-03; 1000 at a time is the "
        "most: give 2012-09-26 or a day before it"
    )
    with pytest.raises(RefusedError) as refused:
        ended_periods(Cadence.DAILY, date(2010, 1, 1), date(2026, 12, 31), TODAY)
    assert str(refused.value) == says
    assert len(ended_periods(Cadence.DAILY, date(2010, 1, 1), date(2012, 9, 26), TODAY)) == 1_000


def test_p22_both_days_of_no_age_are_told_at_once() -> None:
    with pytest.raises(RefusedError, match=r"from_date: 0001-01-01 is not .*; to_date: 9999-12-31 is not"):
        ended_periods(Cadence.DAILY, date(1, 1, 1), date(9999, 12, 31), TODAY)
