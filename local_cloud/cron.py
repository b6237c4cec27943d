"""What AWS's cron and Snowflake's have in common: numbers of a field, names, and the next due time in a zone."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FARTHEST_DAYS: Final = 366 * 9  # a leap day comes again within 8 years
_ITEM: Final = re.compile(r"(?P<low>\*|\d+)(?:-(?P<high>\d+))?(?:/(?P<step>\d+))?")

DayMatches = Callable[[dt.date], bool]


@dataclass(frozen=True, slots=True)
class Cron:
    """A cron expression; `day_matches` knows all that it says of the day, its month and year included."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    day_matches: DayMatches
    zone: ZoneInfo

    def next_after(self, moment: dt.datetime) -> dt.datetime | None:
        """The first due time later than a moment, in UTC; None when none comes in years.

        A time that the clocks leave out in spring does not come; one that they repeat in autumn comes once.
        """
        first = moment.astimezone(self.zone).date()
        for ahead in range(_FARTHEST_DAYS):
            day = first + dt.timedelta(days=ahead)
            if self.day_matches(day):
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


def values(text: str, lowest: int, highest: int) -> set[int]:
    """The numbers of a field: ``*``, ``1-5``, ``*/15``, or several of these with commas.

    Raises:
        ValueError: it is none, or out of range.
    """
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


def numbered(text: str, names: tuple[str, ...], first: int) -> str:
    """A field with numbers for names, the first of which counts as ``first``."""
    return re.sub("|".join(names), lambda found: str(names.index(found[0]) + first), text)


def comes_no_more(day: dt.date, days: int) -> bool:
    """Whether a month ends within so many days: with 1 the day is its last, with 7 its last of that weekday."""
    return (day + dt.timedelta(days=days)).month != day.month
