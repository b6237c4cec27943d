"""When to look, and when to write: looking is free, but every write keeps the warehouse awake for a minute.

A warehouse is billed from its first statement until a minute after its last, and for a minute at least. So nothing that
needs one is done for its own sake while there is no work: new requests are seen by a token that Snowflake tells without
a warehouse, and what can wait (that a task was launched, or that its container runs) is written while the warehouse is
awake anyway, or together with something that cannot wait.
"""

from typing import Final

SLOWEST_S: Final = 30.0
"""The pause between two looks at the token after long idleness."""
IDLE_PER_PAUSE: Final = 30.0
"""The pause grows with idleness: a thirtieth of it."""

LOOKS_AFTER_BELL_S: Final = (0.0, 1.0, 3.0, 8.0)
"""A doorbell can ring before what it announces is committed, so one look is not enough."""

AWAKE_S: Final = 45.0
"""So long after a statement that had to be the warehouse is surely awake: AUTO_SUSPEND is 60 s."""


def pause_s(idle_s: float, poll_s: float) -> float:
    """Seconds until the next look at the token.

    Args:
        idle_s: since anything changed: a request, a claim, the end of a job.
        poll_s: the pause after recent work.
    """
    return max(poll_s, min(SLOWEST_S, idle_s / IDLE_PER_PAUSE))


def bell_in_s(rung_at_s: float | None, now_s: float) -> float | None:
    """Seconds until the next look that a doorbell asks for; None when all were made."""
    if rung_at_s is None:
        return None
    # The look of this moment is being made; only those after it count.
    return next((rung_at_s + after - now_s for after in LOOKS_AFTER_BELL_S if rung_at_s + after > now_s), None)


def worth_a_write(
    *, urgent: bool, oldest_waits_s: float | None, idle_warehouse_s: float, freshness_s: float | None
) -> bool:
    """Whether to write what waits to be written.

    Args:
        urgent: something that cannot wait is among it.
        oldest_waits_s: how long the oldest of what can wait has waited; None when nothing does.
        idle_warehouse_s: since the last statement that had to be.
        freshness_s: after so long it is written even if that wakes a warehouse; None for never.
    """
    if urgent or oldest_waits_s is None:
        return urgent
    return idle_warehouse_s < AWAKE_S or (freshness_s is not None and oldest_waits_s >= freshness_s)
