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


def taken(bucket: Bucket, now_s: float) -> tuple[Bucket, float]:
    """One token, and after how many seconds it may be used: 0 when there was one.

    Tokens can be promised ahead: whoever comes next waits longer, and the order is that of asking.
    """
    now = filled(bucket, now_s)
    after = now._replace(tokens=now.tokens - 1)
    lacking_s = max(0.0, -after.tokens) / (now.rate.per_s * now.share)
    return after, max(lacking_s, now.shut_until_s - now_s)


def ahead(bucket: Bucket, now_s: float, seconds: float) -> int:
    """How many calls may be made within the next seconds."""
    now = filled(bucket, now_s)
    open_s = seconds - max(0.0, now.shut_until_s - now_s)
    return max(0, int(now.tokens + open_s * now.rate.per_s * now.share)) if open_s > 0 else 0


def refused(bucket: Bucket, now_s: float, dice: float, max_rest_s: float = MAX_REST_S) -> Bucket:
    """The bucket after AWS refused a call that had its token.

    Args:
        bucket: as it was.
        now_s: the monotonic clock.
        dice: a random number in [0, 1) that spreads the rests of several callers.
        max_rest_s: the longest rest; short for throttles, longer when there is no room.
    """
    now = filled(bucket, now_s)
    if now_s < now.shut_until_s:
        return now  # calls that were under way together are refused together: that is one refusal
    rest_s = min(max_rest_s, FIRST_REST_S * 2.0 ** min(now.rests, 16)) * (0.5 + dice / 2)
    return now._replace(
        tokens=min(now.tokens, 0.0),
        share=max(LEAST_SHARE, now.share / 2),
        rests=now.rests + 1,
        shut_until_s=now_s + rest_s,
    )


def granted(bucket: Bucket) -> Bucket:
    """The bucket after AWS took a call: the next refusal is a first one again."""
    return bucket._replace(rests=0) if bucket.rests else bucket


def opened(bucket: Bucket, now_s: float) -> Bucket:
    """The bucket when a rest has lost its reason, for example because a task of ours ended and made room."""
    return bucket._replace(shut_until_s=min(bucket.shut_until_s, now_s))
