"""AWS's cron: six fields, a week from Sunday, and a day either of the month or of the week.

Fields are minutes, hours, day of month, month, day of week, year, as the user guides of EventBridge Scheduler and of
Application Auto Scaling describe them. One of the two days is always ``?``.
"""

import datetime as dt
import re
from typing import Final
from zoneinfo import ZoneInfo

from local_cloud.cron import DAYS, MONTHS, Cron, DayMatches, comes_no_more, numbered, values

_FIRST_YEAR, _LAST_YEAR = 1970, 2199
_WEEK: Final = 7


def read(text: str, zone: ZoneInfo) -> Cron:
    """Read what stands between the parentheses of ``cron(…)``.

    Raises:
        ValueError: it is no cron expression of AWS.
    """
    fields = text.upper().split()
    if len(fields) != 6:
        raise ValueError(f"cron({text}) has {len(fields)} fields, not 6")
    minutes, hours, of_month, month, of_week, year = fields
    if (of_month == "?") == (of_week == "?"):
        raise ValueError(f"cron({text}) needs ? as the day of month or as the day of week, and not as both")
    by_week = of_month == "?"
    months, years = values(numbered(month, MONTHS, 1), 1, 12), values(year, _FIRST_YEAR, _LAST_YEAR)
    is_day = _of_week(numbered(of_week, DAYS, 1)) if by_week else _of_month(of_month)
    return Cron(
        tuple(sorted(values(minutes, 0, 59))),
        tuple(sorted(values(hours, 0, 23))),
        lambda day: day.year in years and day.month in months and is_day(day),
        zone,
    )


def _of_month(text: str) -> DayMatches:
    if text == "L":
        return lambda day: comes_no_more(day, 1)
    if nearest := re.fullmatch(r"(\d{1,2})W", text):
        wanted = next(iter(values(nearest[1], 1, 31)))
        return lambda day: day == _nearest_weekday(day, wanted)
    days = values(text, 1, 31)
    return lambda day: day.day in days


def _of_week(text: str) -> DayMatches:
    if last := re.fullmatch(r"([1-7])L", text):
        return lambda day: _weekday(day) == int(last[1]) and comes_no_more(day, _WEEK)
    if nth := re.fullmatch(r"([1-7])#([1-5])", text):
        return lambda day: _weekday(day) == int(nth[1]) and (day.day - 1) // _WEEK + 1 == int(nth[2])
    days = values("7" if text == "L" else text, 1, _WEEK)
    return lambda day: _weekday(day) in days


def _weekday(day: dt.date) -> int:
    return day.isoweekday() % _WEEK + 1


def _nearest_weekday(day: dt.date, wanted: int) -> dt.date | None:
    """The weekday nearest to a day of the month of ``day``, within that month."""
    try:
        there = day.replace(day=wanted)
    except ValueError:
        return None  # the month has no such day
    if there.isoweekday() <= 5:
        return there
    saturday = there.isoweekday() == 6
    near = there + dt.timedelta(days=-1 if saturday else 1)
    return near if near.month == there.month else there + dt.timedelta(days=2 if saturday else -2)
