"""The clocks of a run: the one place of the runner that reads them."""

import time
from datetime import UTC, datetime


def utc_now() -> datetime:
    """The wall clock, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this is the edge at which the runner reads the clock


def monotonic_s() -> float:
    """A clock in seconds that only goes forward."""
    return time.monotonic()
