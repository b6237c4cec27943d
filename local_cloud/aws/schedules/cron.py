"""AWS's cron: six fields, a week from Sunday, and a day either of the month or of the week.

Fields are minutes, hours, day of month, month, day of week, year, as the user guides of EventBridge Scheduler and of
Application Auto Scaling describe them. One of the two days is always ``?``.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_ITEM: Final = re.compile(r"(?P<low>\*|\d+)(?:-(?P<high>\d+))?(?:/(?P<step>\d+))?")
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
_FARTHEST_DAYS: Final = 366 * 9  # a leap day comes again within 8 years
_WEEK: Final = 7

DayMatches = Callable[[dt.date], bool]


@dataclass(frozen=True, slots=True)
class Cron:
    """A cron expression; `day_matches` knows the day of month or of week."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    months: frozenset[int]
    years: frozenset[int]
    day_matches: DayMatches
    zone: ZoneInfo

    def next_after(self, moment: dt.datetime) -> dt.datetime | None:
        """The first due time later than a moment, in UTC; None when none comes in years.

        A time that the clocks leave out in spring does not come; one that they repeat in autumn comes once.
        """
        first = moment.astimezone(self.zone).date()
        for ahead in range(_FARTHEST_DAYS):
            day = first + dt.timedelta(days=ahead)
            if day.year in self.years and day.month in self.months and self.day_matches(day):
                for due in self._of(day):
                    if due > moment:
                        return due
        return None

    def _of(self, day: dt.date) -> Iterator[dt.datetime]:
        for hour in self.hours:
            for minute in self.minutes:
                local = dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=self.zone)
                due = local.astimezone(dt.UTC)
                if due.astimezone(self.zone).replace(tzinfo=None) == local.replace(tzinfo=None):
                    yield due


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
    return Cron(
        tuple(sorted(_values(minutes, 0, 59))),
        tuple(sorted(_values(hours, 0, 23))),
        frozenset(_values(_numbered(month, _MONTHS), 1, 12)),
        frozenset(_values(year, _FIRST_YEAR, _LAST_YEAR)),
        _of_week(_numbered(of_week, _DAYS)) if by_week else _of_month(of_month),
        zone,
    )


def _numbered(text: str, names: tuple[str, ...]) -> str:
    return re.sub("|".join(names), lambda found: str(names.index(found[0]) + 1), text)


def _values(text: str, lowest: int, highest: int) -> set[int]:
    found = set[int]()
    for part in text.split(","):
        item = _ITEM.fullmatch(part)
        if not item:
            raise ValueError(f"{part!r} is no value of a cron field")
        low = lowest if item["low"] == "*" else int(item["low"])
        to_the_end = item["low"] == "*" or (item["step"] and not item["high"])
        high, step = highest if to_the_end else int(item["high"] or low), int(item["step"] or 1)
        if not lowest <= low <= high <= highest or step < 1:
            raise ValueError(f"{part!r} is not within {lowest} and {highest}")
        found.update(range(low, high + 1, step))
    return found


def _of_month(text: str) -> DayMatches:
    if text == "L":
        return lambda day: _comes_no_more(day, 1)
    if nearest := re.fullmatch(r"(\d{1,2})W", text):
        wanted = next(iter(_values(nearest[1], 1, 31)))
        return lambda day: day == _nearest_weekday(day, wanted)
    days = _values(text, 1, 31)
    return lambda day: day.day in days


def _of_week(text: str) -> DayMatches:
    if last := re.fullmatch(r"([1-7])L", text):
        return lambda day: _weekday(day) == int(last[1]) and _comes_no_more(day, _WEEK)
    if nth := re.fullmatch(r"([1-7])#([1-5])", text):
        return lambda day: _weekday(day) == int(nth[1]) and (day.day - 1) // _WEEK + 1 == int(nth[2])
    days = _values("7" if text == "L" else text, 1, _WEEK)
    return lambda day: _weekday(day) in days


def _weekday(day: dt.date) -> int:
    return day.isoweekday() % _WEEK + 1


def _comes_no_more(day: dt.date, days: int) -> bool:
    return (day + dt.timedelta(days=days)).month != day.month


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
