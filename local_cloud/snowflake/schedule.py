"""When a task is due: USING CRON and intervals, as pure functions of the time."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_UNIT_S: Final = {"S": 1, "M": 60, "H": 3_600}
_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FARTHEST_DAYS: Final = 366 * 9  # a leap day comes again within 8 years
_ITEM: Final = re.compile(r"(?P<low>\*|\d+)(?:-(?P<high>\d+))?(?:/(?P<step>\d+))?")


@dataclass(frozen=True)
class Cron:
    """A CRON schedule; `day_matches` knows the day of month, of week and L."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    months: frozenset[int]
    day_matches: Callable[[dt.date], bool]
    zone: ZoneInfo

    def next_after(self, moment: dt.datetime) -> dt.datetime:
        """The first due time later than `moment`; a time that summer time leaves out does not come.

        Raises:
            ValueError: no such day comes, for example on 31 February.
        """
        first = moment.astimezone(self.zone).date()
        for ahead in range(_FARTHEST_DAYS):
            day = first + dt.timedelta(days=ahead)
            if day.month in self.months and self.day_matches(day):
                for due in self._of(day):
                    if due > moment:
                        return due
        raise ValueError("this schedule names a day that never comes")

    def _of(self, day: dt.date) -> Iterator[dt.datetime]:
        for hour in self.hours:
            for minute in self.minutes:
                local = dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=self.zone)
                due = local.astimezone(dt.UTC)
                if due.astimezone(self.zone).replace(tzinfo=None) == local.replace(tzinfo=None):
                    yield due


def next_due(schedule: str, anchor: dt.datetime, now: dt.datetime) -> dt.datetime:
    """When a task with this SCHEDULE, resumed at `anchor`, is due next after `now`.

    Raises:
        ValueError: it is no schedule.
    """
    words = schedule.split()
    if [word.upper() for word in words[:2]] == ["USING", "CRON"]:
        return read_cron(words[2:]).next_after(now)
    if len(words) != 2 or not words[0].isdigit() or words[1][:1].upper() not in _UNIT_S:
        raise ValueError(f"{schedule!r} is no schedule")
    every_s = int(words[0]) * _UNIT_S[words[1][0].upper()]
    if every_s < 1:
        raise ValueError("an interval is at least one second")
    passed = max(int((now - anchor).total_seconds() // every_s), 0)
    return anchor + dt.timedelta(seconds=every_s * (passed + 1))


def read_cron(words: list[str]) -> Cron:
    """`minute hour day-of-month month day-of-week time-zone`.

    Raises:
        ValueError: a field is out of its range, or the time zone unknown.
    """
    if len(words) != 6:
        raise ValueError("CRON has five fields and a time zone")
    minute, hour, of_month, month, of_week, zone = (word.upper() for word in words)
    try:
        known = ZoneInfo(words[5])
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"{zone} is no time zone") from None
    return Cron(
        tuple(sorted(_values(minute, 0, 59))),
        tuple(sorted(_values(hour, 0, 23))),
        frozenset(_values(_numbered(month, _MONTHS, 1), 1, 12)),
        _days(of_month, _numbered(of_week, _DAYS, 0)),
        known,
    )


def _numbered(text: str, names: tuple[str, ...], first: int) -> str:
    return re.sub("|".join(names), lambda found: str(names.index(found[0]) + first), text)


def _values(text: str, lowest: int, highest: int) -> set[int]:
    found = set[int]()
    for part in text.split(","):
        item = _ITEM.fullmatch(part)
        if not item:
            raise ValueError(f"{part!r} is not understood")
        low = lowest if item["low"] == "*" else int(item["low"])
        high = highest if item["low"] == "*" or (item["step"] and not item["high"]) else int(item["high"] or low)
        step = int(item["step"] or 1)
        if not lowest <= low <= high <= highest or step < 1:
            raise ValueError(f"{part!r} is not within {lowest} and {highest}")
        found.update(range(low, high + 1, step))
    return found


def _days(of_month: str, of_week: str) -> Callable[[dt.date], bool]:
    """With both fields given either is enough, as in cron and in Snowflake."""
    last_of_month = of_month == "L"
    dates = set[int]() if last_of_month else _values(of_month, 1, 31)
    last_weekday = int(of_week[0]) % 7 if re.fullmatch(r"[0-7]L", of_week) else None
    weekdays = set[int]() if last_weekday is not None else {day % 7 for day in _values(of_week, 0, 7)}

    def matches_date(day: dt.date) -> bool:
        return _is_last(day, 1) if last_of_month else day.day in dates

    def matches_weekday(day: dt.date) -> bool:
        weekday = day.isoweekday() % 7
        return (weekday == last_weekday and _is_last(day, 7)) if last_weekday is not None else weekday in weekdays

    if of_week == "*":
        return matches_date
    if of_month == "*":
        return matches_weekday
    return lambda day: matches_date(day) or matches_weekday(day)


def _is_last(day: dt.date, days: int) -> bool:
    return (day + dt.timedelta(days=days)).month != day.month
