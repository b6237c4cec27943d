"""Which period a cadence means: yesterday, last week, last month, or the one that holds a given day."""

from dataclasses import dataclass
from datetime import date, timedelta

from contract.refusal import refuse
from contract.report import Cadence


@dataclass(frozen=True, slots=True)
class Period:
    """A calendar period: its first day names it, its last day is the business date of its reports."""

    first_day: date
    last_day: date


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
    return period


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
