"""One line on a local server's log for each trouble that struck, so that whoever reads it later need not guess."""

import sys
from datetime import UTC, datetime
from typing import Final

_MOST_CHARACTERS: Final = 100


def log_strike(op: str, kind: str, *, left: int, struck: str) -> None:
    """Write that an order has struck.

    Args:
        op: what was ordered to be struck.
        kind: what went wrong.
        left: how often the order will still strike.
        struck: the text of the request, statement, task or event; its beginning is written.
    """
    words = " ".join(struck.split())
    begins = words if len(words) <= _MOST_CHARACTERS else f"{words[:_MOST_CHARACTERS]} …"
    at = datetime.now(UTC).isoformat(timespec="milliseconds")  # noqa: TID251 - a log line has the machine's time
    # One write: lines of several threads do not mix.
    sys.stderr.write(f"{at} ordered trouble struck: {op} {kind}, {left} left: {begins}\n")
    sys.stderr.flush()
