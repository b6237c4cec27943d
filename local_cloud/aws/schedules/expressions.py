"""Schedule expressions: ``cron(…)``, ``rate(…)`` and ``at(…)`` as pure functions of the time."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from local_cloud.aws.schedules.cron import read as read_cron
from local_cloud.cron import Cron

_EXPRESSION: Final = re.compile(r"(cron|rate|at)\((.*)\)")
_RATE: Final = re.compile(r"([1-9]\d*) (minute|hour|day)(s?)")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_UNIT_S: Final = {"minute": 60, "hour": 3_600, "day": 86_400}


class Timing(Protocol):
    """When something is due; ``anchor`` is the moment from which intervals count."""

    def next_after(self, moment: dt.datetime, anchor: dt.datetime) -> dt.datetime | None:
        """The first due time later than a moment, in UTC; None when no more comes."""


@dataclass(frozen=True, slots=True)
class ByCron:
    """Due at the times of a cron expression."""

    cron: Cron

    def next_after(self, moment: dt.datetime, anchor: dt.datetime) -> dt.datetime | None:  # noqa: ARG002 - of Timing
        """As of Timing."""
        return self.cron.next_after(moment)


@dataclass(frozen=True, slots=True)
class Rate:
    """Due at its anchor, and every so often from then on."""

    every: dt.timedelta

    def next_after(self, moment: dt.datetime, anchor: dt.datetime) -> dt.datetime | None:
        """As of Timing."""
        return anchor + self.every * max(0, (moment - anchor) // self.every + 1)


@dataclass(frozen=True, slots=True)
class Once:
    """Due at one moment."""

    at: dt.datetime

    def next_after(self, moment: dt.datetime, anchor: dt.datetime) -> dt.datetime | None:  # noqa: ARG002 - of Timing
        """As of Timing."""
        return self.at if self.at > moment else None


def read(expression: str, zone: str = "UTC") -> Timing:
    """Read an expression.

    Args:
        expression: as the APIs take it.
        zone: name of the time zone of ``cron`` and ``at``.

    Raises:
        ValueError: it is none, or no time zone has this name.
    """
    found = _EXPRESSION.fullmatch(expression)
    if found is None:
        raise ValueError(f"{expression!r} is neither cron(…) nor rate(…) nor at(…)")
    try:
        there = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"no time zone is called {zone!r}") from None
    match found[1]:
        case "cron":
            return ByCron(read_cron(found[2], there))
        case "rate":
            return _rate(expression, found[2])
        case _:
            return Once(_moment(expression, found[2], there))


def _rate(expression: str, text: str) -> Rate:
    found = _RATE.fullmatch(text)
    if found is None or (found[1] == "1") == bool(found[3]):
        raise ValueError(f"{expression!r} is no rate: it is written rate(1 hour) or rate(2 hours)")
    return Rate(dt.timedelta(seconds=int(found[1]) * _UNIT_S[found[2]]))


def _moment(expression: str, text: str, zone: ZoneInfo) -> dt.datetime:
    try:
        local = dt.datetime.fromisoformat(text if _MOMENT.fullmatch(text) else "")
        return local.replace(tzinfo=zone).astimezone(dt.UTC)
    except ValueError:
        raise ValueError(f"{expression!r} is no moment: it is written at(2026-03-02T06:00:00)") from None
