"""Versions of objects that are not current for longer than their bucket's lifecycle keeps them are forgotten.

Of all that a lifecycle can ask for this alone is done, because it alone grows by itself: what is written every few
seconds leaves ten thousand versions a day. Source: the page on lifecycle rules in the S3 user guide.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from local_cloud.aws.clock import Clock

LOOK_EVERY: Final = timedelta(hours=1)


class OldVersions:
    """Looks for versions that are too old, once in an hour; its caller holds the lock of S3.

    Args:
        clock: the present moment.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next_look = clock() + LOOK_EVERY

    def look(self, buckets: Iterable[Any]) -> None:
        """Forget what is too old in moto's buckets; does nothing when the last look was less than an hour ago."""
        now = self._clock()
        if now < self._next_look:
            return
        self._next_look = now + LOOK_EVERY
        for bucket in buckets:
            for rule in bucket.rules:
                prefix = _prefix(rule)
                if rule.status == "Enabled" and rule.nve_noncurrent_days and prefix is not None:
                    kept_since = now - timedelta(days=int(rule.nve_noncurrent_days))
                    for key in [name for name in bucket.keys if name.startswith(prefix)]:
                        _forget(bucket.keys.getlist(key), kept_since)


def _prefix(rule: Any) -> str | None:
    """Which keys a rule is for; None when it goes by tags or sizes as well."""
    if rule.filter is None:
        return rule.prefix or ""
    if rule.filter.tag_key or rule.filter.and_filter:
        return None
    return rule.filter.prefix or ""


def _forget(versions: list[Any], kept_since: datetime) -> None:
    """Take the eldest out of an object's versions, which stand in the order of their making."""
    # A version is not current from the moment on at which the next one was made; the last of all is current.
    for version, successor in pairwise(list(versions)):
        is_locked = hasattr(version, "is_locked") and version.is_locked(governance_bypass=False)
        if is_locked or successor.last_modified.replace(tzinfo=UTC) >= kept_since:
            return
        if hasattr(version, "dispose"):  # a delete marker has nothing
            version.dispose()
        versions.remove(version)  # the first of them
