"""The one place in the local AWS that reads the wall clock."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Answer with the present moment, in UTC."""
    return datetime.now(tz=UTC)  # noqa: TID251 - this is the edge the rule speaks of
