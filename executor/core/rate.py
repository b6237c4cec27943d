"""How often AWS is asked: token buckets of our own, filled no faster than the account's.

AWS counts calls in token buckets that everybody in the account shares. Whoever runs into them is refused, waits, and
has used up what others needed. So each call takes a token here first. When AWS refuses all the same, others took part
of the rate: ours is halved at once and grows back in small steps, and all calls rest for a moment (additive increase,
multiplicative decrease, as TCP shares a line).
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

RECOVERS_IN_S: Final = 60.0
"""So long it takes from a halved rate back to the whole one, if nothing else happens."""
LEAST_SHARE: Final = 1 / 32
FIRST_REST_S: Final = 1.0
MAX_REST_S: Final = 10.0
NO_ROOM_REST_S: Final = 60.0
"""The longest rest after Fargate had no room; a task of ours that ends makes it shorter."""
LEFT_TO_THE_FIRST: Final = 1.0
"""So many tokens are left to calls that cannot wait: orders to stop do not stand in line behind launches."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What may be asked: calls per second in the long run, and so many at once after a rest."""

    per_s: float
    burst: float


class Bucket(NamedTuple):
    """The tokens that are left, at a moment of the monotonic clock; a tuple, because every call makes a new one."""

    rate: Rate
    tokens: float
    at_s: float
    share: float = 1.0
    """How much of the rate is used at this moment, up to 1."""
    rests: int = 0
    """Refusals in a row."""
    shut_until_s: float = 0.0
    no_room_until_s: float = 0.0
    """Until then nothing is launched; what stops goes on."""


def full(rate: Rate, now_s: float) -> Bucket:
    """A bucket that was not used for long."""
    return Bucket(rate, rate.burst, now_s)


def filled(bucket: Bucket, now_s: float) -> Bucket:
    """The bucket as it is by now."""
    passed_s = max(0.0, now_s - bucket.at_s)
    share = min(1.0, bucket.share + 0.5 * passed_s / RECOVERS_IN_S)
    mean = (bucket.share + share) / 2
    tokens = min(max(1.0, bucket.rate.burst * share), bucket.tokens + passed_s * bucket.rate.per_s * mean)
    return bucket._replace(tokens=tokens, share=share, at_s=max(now_s, bucket.at_s))


def wait_s(bucket: Bucket, now_s: float, *, first: bool = False) -> float:
    """Seconds until one more call may be made; 0 when it may be made now.

    Args:
        bucket: as it was last left.
        now_s: the monotonic clock.
        first: for a call that makes room and cannot wait; to such calls the others always leave a token.
    """
    now = filled(bucket, now_s)
    needed = 1.0 if first else min(1 + LEFT_TO_THE_FIRST, _size(now))
    lacking_s = (needed - now.tokens) / (now.rate.per_s * now.share)
    opens_at_s = now.shut_until_s if first else _opens_at_s(now)
    # What rounding leaves over must not make the caller wait for nothing.
    return max(0.0, lacking_s if lacking_s > 1e-6 else 0.0, opens_at_s - now_s)


def taken(bucket: Bucket, now_s: float) -> Bucket:
    """The bucket after a call was made."""
    now = filled(bucket, now_s)
    return now._replace(tokens=now.tokens - 1)


def _opens_at_s(bucket: Bucket) -> float:
    return max(bucket.shut_until_s, bucket.no_room_until_s)


def _size(bucket: Bucket) -> float:
    return max(1.0, bucket.rate.burst * bucket.share)


def ahead(bucket: Bucket, now_s: float, seconds: float, *, first: bool = False) -> int:
    """How many calls may be made within the next seconds; ``first`` as in :func:`wait_s`."""
    now = filled(bucket, now_s)
    opens_at_s = now.shut_until_s if first else _opens_at_s(now)
    open_s = seconds - max(0.0, opens_at_s - now_s)
    return max(0, int(now.tokens + open_s * now.rate.per_s * now.share)) if open_s > 0 else 0


def refused(bucket: Bucket, now_s: float, dice: float, *, no_room: bool = False) -> Bucket:
    """The bucket after AWS refused a call that had its token.

    Args:
        bucket: as it was.
        now_s: the monotonic clock.
        dice: a random number in [0, 1) that spreads the rests of several callers.
        no_room: there was no room or no quota left for a launch; the rests are longer, and only launches rest.
    """
    now = filled(bucket, now_s)
    if now_s < _opens_at_s(now):
        return now  # calls that were under way together are refused together: that is one refusal
    longest_s = NO_ROOM_REST_S if no_room else MAX_REST_S
    until_s = now_s + min(longest_s, FIRST_REST_S * 2.0 ** min(now.rests, 16)) * (0.5 + dice / 2)
    return now._replace(
        tokens=min(now.tokens, 0.0),
        share=max(LEAST_SHARE, now.share / 2),
        rests=now.rests + 1,
        shut_until_s=now.shut_until_s if no_room else until_s,
        no_room_until_s=until_s if no_room else now.no_room_until_s,
    )


def granted(bucket: Bucket) -> Bucket:
    """The bucket after AWS took a call: the next refusal is a first one again."""
    return bucket._replace(rests=0) if bucket.rests else bucket


def opened(bucket: Bucket, now_s: float) -> Bucket:
    """The bucket when there is room again, for example because a task of ours ended."""
    return bucket._replace(no_room_until_s=min(bucket.no_room_until_s, now_s))
