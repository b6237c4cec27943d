"""The one place of the local Snowflake that reads the clock."""

import datetime as dt
import time


def now_ns() -> int:
    """Nanoseconds since 1970, UTC."""
    return time.time_ns()


def now_text() -> str:
    """The present as ISO 8601 in UTC, for `created_on` columns."""
    return dt.datetime.fromtimestamp(now_ns() / 1e9, tz=dt.UTC).isoformat()
