"""Which periods a cadence means: the one that ended last, the one that holds a given day, all between two days."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from contract.refusal import Problem, RefusedError, refuse
from contract.report import Cadence

MAX_PERIODS: Final = 1_000
"""How many jobs one backfill may ask for; a decade of weeks, not a slip of the pen."""

_EARLIEST: Final = 1900
_LATEST: Final = 2999
_SATURDAY: Final = 5
_PERIOD: Final = {
    Cadence.DAILY: "day",
    Cadence.BUSINESS_DAYS: "business day",
    Cadence.WEEKLY: "week, Monday to Sunday,",
    Cadence.MONTHLY: "month",
    Cadence.QUARTERLY: "quarter",
}
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """A calendar period: its first day names it, its last day is the business date of its reports."""

    first_day: date
    last_day: date
    so_far: date | None = None
    """The present day, when the period has not ended yet."""

    @property
    def business_date(self) -> date:
        """The last day that the period's reports are about."""
        return self.so_far or self.last_day


def is_business_day(day: date, holidays: Collection[date] = ()) -> bool:
    """Whether people work on the day: Monday to Friday, but for the holidays."""
    return day.weekday() < _SATURDAY and day not in holidays


def period_of(cadence: Cadence, given: date | None, today: date, field: str, holidays: Collection[date] = ()) -> Period:
    """The period to report on.

    Args:
        cadence: daily, by business days, weekly (Monday to Sunday), monthly or quarterly.
        given: any day of the wanted period; None for the one that ended last.
        today: the present day where the report is read.
        field: the argument's name, for the refusal.
        holidays: days on which nobody works.

    Raises:
        RefusedError: the period begins in the future.
    """
    check_day(given, field)
    day = given if given is not None else _last_ended(cadence, today, holidays)
    period = _around(cadence, day)
    # A caller east of the report's zone may already have tomorrow.
    if period.first_day > today + _DAY:
        raise refuse(field, f"{period.first_day} lies in the future; give a day up to today, {today}")
    return period if period.last_day < today else replace(period, so_far=max(period.first_day, today))


def check_day(given: date | None, field: str) -> None:
    """Refuse a day that no calendar of people has.

    Raises:
        RefusedError: it is not of the years 1900 to 2999.
    """
    if wrong := _of_no_age(given, field):
        raise RefusedError(wrong)


def _of_no_age(given: date | None, field: str) -> list[Problem]:
    if given is None or _EARLIEST <= given.year <= _LATEST:
        return []
    return [Problem(field, f"{given} is not a day of the years {_EARLIEST} to {_LATEST}")]


def ended_periods(
    cadence: Cadence, from_date: date, to_date: date, today: date, holidays: Collection[date] = ()
) -> list[Period]:
    """The periods whose last day lies between two days, both included, and that have ended.

    Raises:
        RefusedError: the days are out of order or of another age, or there are more than 1,000 periods or none.
    """
    if wrong := [*_of_no_age(from_date, "from_date"), *_of_no_age(to_date, "to_date")]:
        raise RefusedError(wrong)
    if to_date < from_date:
        raise refuse("to_date", f"{to_date} is before from_date {from_date}; give a day on or after it")
    found: list[Period] = []
    period = _around(cadence, from_date)
    while period.last_day <= min(to_date, today - _DAY):
        if cadence is not Cadence.BUSINESS_DAYS or is_business_day(period.last_day, holidays):
            found.append(period)
        period = _around(cadence, period.last_day + _DAY)
    if len(found) > MAX_PERIODS:
        first, last, most = found[0].first_day, found[-1].last_day, found[MAX_PERIODS - 1].last_day
        says = f"{from_date} to {to_date} are {len(found)} periods, from {first} to {last}"
        raise refuse("to_date", f"{says}; {MAX_PERIODS} at a time is the most: give {most} or a day before it")
    if not found:
        says = (
            f"no {_PERIOD[cadence]} ended between {from_date} and {to_date}; the last day of one must lie between them"
        )
        raise refuse("to_date", f"{says} and before today, {today}")
    return found


def _around(cadence: Cadence, day: date) -> Period:
    match cadence:
        case Cadence.DAILY | Cadence.BUSINESS_DAYS:
            return Period(day, day)
        case Cadence.WEEKLY:
            monday = day - timedelta(days=day.weekday())
            return Period(monday, monday + timedelta(days=6))
        case Cadence.MONTHLY:
            first = day.replace(day=1)
            return Period(first, _months_later(first, 1) - _DAY)
        case Cadence.QUARTERLY:
            first = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
            return Period(first, _months_later(first, 3) - _DAY)


def _last_ended(cadence: Cadence, today: date, holidays: Collection[date]) -> date:
    day = _around(cadence, today).first_day - _DAY
    while cadence is Cadence.BUSINESS_DAYS and not is_business_day(day, holidays):
        day -= _DAY
    return day


def _months_later(first: date, months: int) -> date:
    total = first.year * 12 + first.month - 1 + months
    return date(total // 12, total % 12 + 1, 1)
