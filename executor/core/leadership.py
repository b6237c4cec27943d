"""Who may write: a lease that says who may try, and a fence that decides.

The theory. The lease is an object in S3, replaced only by a conditional PUT; whoever wrote it last and not too
long ago leads. But a lease alone proves nothing: its holder may be paused, and wake up long after another took
over. So the winner also increments the **fence**, a number in Snowflake's leader row, and every statement that
changes a job demands the number that it took. A deposed leader's writes touch no row, whatever it believes.

The lease is trusted from the moment *before* it was asked for, by the monotonic clock, for less than its length:
a reply that took long has already used up part of it. Ages of other holders' leases are measured by S3's clock
(the Date of the reply against Last-Modified), so no two machines need to agree on the time.
"""

from dataclasses import dataclass
from typing import Final

LEASE_S: Final = 30.0
RENEW_EVERY_S: Final = 10.0
MARGIN_S: Final = 5.0
"""Kept back for clocks that run at slightly different speeds, and for a statement already on its way."""


@dataclass(frozen=True, slots=True)
class LeaseView:
    """The lease object as S3 shows it: its holder, its age by S3's clock in seconds, its ETag."""

    holder: str
    age_s: float
    etag: str
    released: bool = False


def trusted_until(asked_at_monotonic_s: float) -> float:
    """Until when, by the monotonic clock, a lease that was asked for at that moment may be relied on."""
    return asked_at_monotonic_s + LEASE_S - MARGIN_S


def may_take(lease: LeaseView | None, me: str) -> bool:
    """Whether to try to write the lease: it is absent, released, mine, or nobody renewed it in time."""
    return lease is None or lease.released or lease.holder == me or lease.age_s > LEASE_S
