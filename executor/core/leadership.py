"""Who may write: a lease that says who may try, and a fence that decides.

**The theory.** The lease is an object in S3, replaced only by a conditional PUT; whoever wrote it last and not too
long ago leads. But a lease alone proves nothing: its holder may be paused, and wake up long after another took
over. So the winner also increments the **fence**, a number in Snowflake's leader row, and every statement that
changes a job demands the number that it took. A deposed leader's writes touch no row, whatever it believes.

**One gap is left:** a statement of the old leader that *began* before the new fence was committed. Whether such a
statement, having waited for a lock, sees the new fence is not documented. So the new leader waits until it must be
over. That takes a bound on how late it can begin and how long it can run:

- it runs for at most ``STATEMENT_TIMEOUT_S``, waiting in queues and for locks included (Snowflake ends it);
- it is sent only while the lease is trusted for at least that long (:func:`may_send`).

**Seven steps of a take-over:** (a) take the fence; (b) cancel what the old leader's session still runs; (c) wait one
statement time-out, unless the old leader said that it had nothing under way (:func:`quiet_in_s`); (d) give open rows
to the new fence; (e) fold double rows, which only a statement from the gap can have made, and report them; (f) ask
ECS what runs, and adopt it; (g) claim.

**The trust.** A lease is trusted from the moment *before* it was asked for, by the monotonic clock, for less than its
length: a reply that took long has already used up part of it. Ages of other holders' leases are measured by S3's
clock (the Date of the reply against Last-Modified), so no two machines need to agree on the time.

**The arithmetic.** Just before a renewal the trust left is ``LEASE_S - MARGIN_S - RENEW_EVERY_S`` = 9 s, enough for a
statement. After a kill -9 a stand-by leads at the latest after ``LEASE_S`` (+ 1 s, because Last-Modified has whole
seconds) + ``LOOK_EVERY_S`` + ``STATEMENT_TIMEOUT_S`` = 27 s. The numbers hang together: change one, and
``tests/unit/executor/test_leadership.py`` says what breaks.
"""

from dataclasses import dataclass
from typing import Final

LEASE_S: Final = 16.0
RENEW_EVERY_S: Final = 4.0
LOOK_EVERY_S: Final = 2.0
"""How often a stand-by looks at the lease."""
MARGIN_S: Final = 3.0
"""Kept back for clocks that run at slightly different speeds, and for a statement already on its way."""
STATEMENT_TIMEOUT_S: Final = 8
"""No statement of ours runs longer, waiting included; so a new leader knows when an old one's are over."""
STAND_BACK_S: Final = 30.0
MAX_STAND_BACK_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class LeaseView:
    """The lease object as S3 shows it: its holder, its age by S3's clock in seconds, its ETag."""

    holder: str
    age_s: float
    etag: str
    released: bool = False
    """Its holder let go, and had no statement under way."""


@dataclass(frozen=True, slots=True)
class Leader:
    """The leader row: the current fence, who took it, and the Snowflake session that he writes with."""

    fence: int
    holder: str | None = None
    session_id: str | None = None


def trusted_until(asked_at_monotonic_s: float) -> float:
    """Until when, by the monotonic clock, a lease that was asked for at that moment may be relied on."""
    return asked_at_monotonic_s + LEASE_S - MARGIN_S


def may_send(trusted_until_s: float, now_s: float) -> bool:
    """Whether a statement sent now is over before the trust is."""
    return now_s + STATEMENT_TIMEOUT_S <= trusted_until_s


def may_take(lease: LeaseView | None, me: str) -> bool:
    """Whether to try to write the lease: it is absent, released, mine, or nobody renewed it in time."""
    return lease is None or lease.released or lease.holder == me or lease.age_s > LEASE_S


def quiet_in_s(before: Leader, won_from: LeaseView | None) -> float:
    """Seconds until no statement of the leader before can still change anything.

    Args:
        before: the leader row as it stood before the fence was taken.
        won_from: the lease that was taken over; None when there was none, or none is known.
    """
    let_go = won_from is not None and won_from.released and won_from.holder == before.holder
    nobody_led = before.holder is None
    return 0.0 if let_go or nobody_led else float(STATEMENT_TIMEOUT_S)


def stand_back_s(times: int, dice: float) -> float:
    """Seconds to leave the lead to a rival who holds a lease of his own, in another bucket perhaps.

    Args:
        times: how often in a row the fence was lost while the lease was ours; 1 or more.
        dice: a random number in [0, 1), so that two rivals do not come back together.
    """
    return min(MAX_STAND_BACK_S, STAND_BACK_S * 2.0 ** min(times - 1, 10)) * (0.5 + dice)
