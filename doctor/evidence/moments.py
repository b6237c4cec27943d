"""Points in time as AWS and its tools write them."""

import re
from datetime import UTC, datetime
from typing import Any, Final

_MILLISECONDS: Final = 1e11
_COMPACT_ZONE: Final = re.compile(r"([+-]\d{2})(\d{2})$")
_IN_LINE: Final = re.compile(r"\b(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d{1,6})?(?:Z|[+-]\d{2}:?\d{2})?)")


def moment(value: Any) -> datetime | None:
    """A point in time from what a JSON answer holds: ISO text, seconds or milliseconds since 1970; None for others."""
    if isinstance(value, bool) or value in (None, ""):
        return None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value / 1000 if value > _MILLISECONDS else value, UTC)
    text = _COMPACT_ZONE.sub(r"\1:\2", str(value).strip().replace(",", ".").replace("Z", "+00:00"))
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def moment_in(line: str) -> datetime | None:
    """The first point in time that stands in a line of a log, taken as UTC unless it says otherwise."""
    found = _IN_LINE.search(line[:80])
    return moment(found[1]) if found else None


def clock(at: datetime | None) -> str:
    """Date and time to the second, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if at else "at an unknown time"


def span(seconds: float) -> str:
    """A length of time as people say it."""
    if seconds < 180:
        return f"{seconds:.0f} s"
    if seconds < 180 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
