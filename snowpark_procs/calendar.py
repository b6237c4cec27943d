"""Which period a cadence means: yesterday, last week, last month, or the one that holds a given day."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from contract.refusal import refuse
from contract.report import Cadence

_EARLIEST: Final = 1900
_LATEST: Final = 2999


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


def period_of(cadence: Cadence, given: date | None, today: date, field: str) -> Period:
    """The period to report on.

    Args:
        cadence: daily, weekly (Monday to Sunday) or monthly.
        given: any day of the wanted period; None for the one that ended last.
        today: the present day, UTC.
        field: the argument's name, for the refusal.

    Raises:
        RefusedError: the period begins in the future.
    """
    if given is not None and not _EARLIEST <= given.year <= _LATEST:
        raise refuse(field, f"{given} is not a day of the years {_EARLIEST} to {_LATEST}")
    day = given if given is not None else _last_ended(cadence, today)
    match cadence:
        case Cadence.DAILY:
            period = Period(day, day)
        case Cadence.WEEKLY:
            monday = day - timedelta(days=day.weekday())
            period = Period(monday, monday + timedelta(days=6))
        case _:
            first = day.replace(day=1)
            period = Period(first, _next_month(first) - timedelta(days=1))
    # A caller east of Greenwich may already have tomorrow.
    if period.first_day > today + timedelta(days=1):
        raise refuse(field, f"{period.first_day} lies in the future; today is {today}")
    return period if period.last_day < today else replace(period, so_far=max(period.first_day, today))


def _last_ended(cadence: Cadence, today: date) -> date:
    match cadence:
        case Cadence.DAILY:
            return today - timedelta(days=1)
        case Cadence.WEEKLY:
            return today - timedelta(days=7)
        case Cadence.MONTHLY:
            return today.replace(day=1) - timedelta(days=1)


def _next_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)
