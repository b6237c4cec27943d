"""When a task is due: USING CRON and intervals, as pure functions of the time."""

import datetime as dt
import re
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from local_cloud.cron import DAYS, MONTHS, Cron, DayMatches, comes_no_more, numbered, values

_UNIT_S: Final = {"S": 1, "M": 60, "H": 3_600}


def next_due(schedule: str, anchor: dt.datetime, now: dt.datetime) -> dt.datetime:
    """When a task with this SCHEDULE, resumed at `anchor`, is due next after `now`.

    Raises:
        ValueError: it is no schedule, or no such day comes, for example on 31 February.
    """
    words = schedule.split()
    if [word.upper() for word in words[:2]] == ["USING", "CRON"]:
        due = read_cron(words[2:]).next_after(now)
        if due is None:
            raise ValueError("this schedule names a day that never comes")
        return due
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
    months, is_day = values(numbered(month, MONTHS, 1), 1, 12), _days(of_month, numbered(of_week, DAYS, 0))
    return Cron(
        tuple(sorted(values(minute, 0, 59))),
        tuple(sorted(values(hour, 0, 23))),
        lambda day: day.month in months and is_day(day),
        known,
    )


def _days(of_month: str, of_week: str) -> DayMatches:
    """With both fields given either is enough, as in cron and in Snowflake."""
    last_of_month = of_month == "L"
    dates = set[int]() if last_of_month else values(of_month, 1, 31)
    last_weekday = int(of_week[0]) % 7 if re.fullmatch(r"[0-7]L", of_week) else None
    weekdays = set[int]() if last_weekday is not None else {day % 7 for day in values(of_week, 0, 7)}

    def matches_date(day: dt.date) -> bool:
        return comes_no_more(day, 1) if last_of_month else day.day in dates

    def matches_weekday(day: dt.date) -> bool:
        weekday = day.isoweekday() % 7
        return (weekday == last_weekday and comes_no_more(day, 7)) if last_weekday is not None else weekday in weekdays

    if of_week == "*":
        return matches_date
    if of_month == "*":
        return matches_weekday
    return lambda day: matches_date(day) or matches_weekday(day)
