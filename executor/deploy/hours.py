"""The hours of an executor: what a person says, as the template's parameters, and back."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

NAMES: Final = ("HoursStart", "HoursStop", "TimeZone")
"""The template's parameters that say when the executor runs."""
OFF: Final[Mapping[str, str]] = {"HoursStart": "", "HoursStop": ""}
"""The parameters of an executor that always runs."""
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_CRON: Final = re.compile(r"cron\((\d+) (\d+) \? \* ([A-Z,-]+) \*\)")


@dataclass(frozen=True, slots=True)
class Hours:
    """When an executor runs.

    Attributes:
        start: by the clock of ``zone``.
        stop: later on the same day; not later than ``start`` it is on the next day.
        days: those on which it starts; 0 is Monday.
        zone: as the time zone database names it.
    """

    start: time
    stop: time
    days: frozenset[int]
    zone: str

    def parameters(self) -> dict[str, str]:
        """The template's parameters that say so."""
        stop_days = {(day + 1) % 7 for day in self.days} if self._over_night else self.days
        return {
            "HoursStart": _cron(self.start, self.days),
            "HoursStop": _cron(self.stop, stop_days),
            "TimeZone": self.zone,
        }

    def are_now(self, now: datetime) -> bool:
        """Whether the executor runs at a moment, which carries its zone."""
        here = now.astimezone(ZoneInfo(self.zone))
        clock, today, yesterday = here.time(), here.weekday(), (here - timedelta(days=1)).weekday()
        if not self._over_night:
            return today in self.days and self.start <= clock < self.stop
        return (today in self.days and clock >= self.start) or (yesterday in self.days and clock < self.stop)

    def __str__(self) -> str:
        """As a person would say it."""
        return f"{self.start:%H:%M} to {self.stop:%H:%M}, {_named(self.days).lower()}, {self.zone}"

    @property
    def _over_night(self) -> bool:
        return self.stop <= self.start


def asked(start: str, stop: str, days: str, zone: str) -> Hours:
    """Hours in a person's words.

    Args:
        start: as ``06:00``.
        stop: likewise; not later than ``start`` it is on the next day.
        days: as ``mon-fri`` or ``mon,wed,sat-sun``.
        zone: as ``Europe/Berlin``.

    Raises:
        ValueError: naming the option that cannot be used, and what it takes.
    """
    found = Hours(_time("--from", start), _time("--to", stop), _days(days), zone)
    if found.start == found.stop:
        raise ValueError(f"--from and --to are both {start}: an executor that always runs is --off")
    try:
        ZoneInfo(zone)
    except (OSError, ValueError, LookupError):
        raise ValueError(f"--zone {zone}: no time zone has this name; Europe/Berlin and UTC are two") from None
    return found


def of(parameters: Mapping[str, str]) -> Hours | None:
    """The hours that a stack's parameters say; None where they say none.

    Raises:
        ValueError: they are of a form that is not made here; the message has them as they are.
    """
    start, stop, zone = (parameters.get(name, "") for name in NAMES)
    if not (start and stop):
        return None
    first, last = _CRON.fullmatch(start), _CRON.fullmatch(stop)
    if first is None or last is None:
        raise ValueError(f"started {start}, stopped {stop}, {zone}")
    found = Hours(_clock(first), _clock(last), _days(first[3].lower()), zone)
    if found.parameters()["HoursStop"] != _cron(found.stop, _days(last[3].lower())):
        raise ValueError(f"started {start}, stopped {stop}, {zone}")
    return found


def kept(parameters: Mapping[str, str]) -> dict[str, str]:
    """The hours of a stack, for the next deployment, which otherwise would take the template's defaults."""
    there = parameters.get("HoursStart") and parameters.get("HoursStop")
    return {name: parameters[name] for name in NAMES if name in parameters} if there else {}


def _time(option: str, text: str) -> time:
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{option} {text}: a time of day is written 06:00")
    return time(int(found[1]), int(found[2]))


def _clock(cron: re.Match[str]) -> time:
    return time(int(cron[2]), int(cron[1]))


def _days(text: str) -> frozenset[int]:
    found: set[int] = set()
    for part in text.strip().lower().split(","):
        first, _, last = part.strip().partition("-")
        if first not in _DAYS or (last or first) not in _DAYS:
            raise ValueError(f"--days {text}: days are written mon-fri, or mon,wed,sat-sun")
        begin, end = _DAYS.index(first), _DAYS.index(last or first)
        found |= {day % 7 for day in range(begin, end + (7 if end < begin else 0) + 1)}
    return frozenset(found)


def _cron(at: time, days: frozenset[int] | set[int]) -> str:
    return f"cron({at.minute} {at.hour} ? * {_named(days)} *)"


def _named(days: frozenset[int] | set[int]) -> str:
    week = sorted(days)
    if len(week) == len(_DAYS):
        return "SUN-SAT"
    # A week of AWS begins on Sunday, so a range must not end there.
    if len(week) > 2 and week == list(range(week[0], week[-1] + 1)) and _DAYS[week[-1]] != "sun":
        return f"{_DAYS[week[0]]}-{_DAYS[week[-1]]}".upper()
    return ",".join(_DAYS[day] for day in week).upper()
