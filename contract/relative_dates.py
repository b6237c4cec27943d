"""Dates said in words: ``yesterday``, ``start_of_month``, ``start_of_month-11m``.

A word is an anchor, then optionally a step back or forth in days, weeks, months or years.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

_WORD: Final = re.compile(r"^([a-z_]+?)(?:([+-]\d{1,4})([dwmy]))?$")


def _months_later(day: date, months: int) -> date:
    total = day.year * 12 + day.month - 1 + months
    first = date(total // 12, total % 12 + 1, 1)
    last = date((total + 1) // 12, (total + 1) % 12 + 1, 1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


def _anchors(business_date: date) -> dict[str, date]:
    first = business_date.replace(day=1)
    return {
        "business_date": business_date,
        "yesterday": business_date,
        "today": business_date + timedelta(days=1),
        "start_of_week": business_date - timedelta(days=business_date.weekday()),
        "start_of_month": first,
        "end_of_month": _months_later(first, 1) - timedelta(days=1),
        "start_of_quarter": first.replace(month=(first.month - 1) // 3 * 3 + 1),
        "start_of_year": first.replace(month=1),
    }


def resolve_date(word: str, business_date: date) -> date:
    """The day that a relative word or an ISO date names.

    Args:
        word: for example ``2026-01-31``, ``start_of_year`` or ``business_date-7d``.
        business_date: the day the report is about; ``yesterday`` is that day and ``today`` the next.

    Raises:
        ValueError: the word is neither a date nor a known anchor, or leads out of the calendar.
    """
    try:
        return _resolved(word, business_date)
    except OverflowError:
        raise ValueError(f"{word} from {business_date} lies outside the years 1 to 9999") from None


def _resolved(word: str, business_date: date) -> date:
    anchors = _anchors(business_date)
    found = _WORD.match(word)
    if found is None or found.group(1) not in anchors:
        return _iso(word, anchors)
    anchor, step = anchors[found.group(1)], int(found.group(2) or 0)
    match found.group(3):
        case "m":
            return _months_later(anchor, step)
        case "y":
            return _months_later(anchor, 12 * step)
        case "w":
            return anchor + timedelta(weeks=step)
        case _:
            return anchor + timedelta(days=step)


def _iso(word: str, anchors: Mapping[str, date]) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError:
        known = ", ".join(anchors)
        raise ValueError(
            f"{word!r} is no date; write it as YYYY-MM-DD, or as one of {known}, with a step such as -7d or -11m"
        ) from None
