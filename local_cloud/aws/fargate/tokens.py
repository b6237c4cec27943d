"""Client tokens: the same call twice is one task.

ECS scopes a token to the cluster and remembers it for the shorter of 24 hours and the life of the tasks it
made plus one hour. The same token with the same parameters answers as the first call did, failures
included; with other parameters it is a conflict that names the tasks which exist.
Source: the page on idempotency in the ECS API reference.
"""

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from local_cloud.aws.fargate.record import TaskRecord
from local_cloud.aws.fargate.refusals import RefusedError

LONGEST_MEMORY = timedelta(hours=24)
MEMORY_AFTER_STOP = timedelta(hours=1)
_FAST = 1


@dataclass(frozen=True, slots=True)
class _Entry:
    fingerprint: str
    answer: bytes  # compressed: thousands are kept, and hardly one is asked for again
    tasks: tuple[TaskRecord, ...]
    made_at: datetime

    def expired(self, now: datetime) -> bool:
        if now >= self.made_at + LONGEST_MEMORY:
            return True
        ends = [task.stopped_at for task in self.tasks]
        stopped = [end for end in ends if end is not None]
        if len(stopped) < len(ends):
            return False
        return now >= max([self.made_at, *stopped]) + MEMORY_AFTER_STOP


class TokenBook:
    """The tokens used so far; not thread-safe, its owner holds a lock around check and launch."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], _Entry] = {}

    def replay(self, cluster_arn: str, token: str, fingerprint: str, now: datetime) -> str | None:
        """Answer with what the first call with this token got; None for a token that is free.

        Raises:
            RefusedError: ConflictException, when the first call had other parameters.
        """
        entry = self._entries.get((cluster_arn, token))
        if entry is None or entry.expired(now):
            return None
        if entry.fingerprint != fingerprint:
            raise RefusedError(
                "ConflictException",
                "The request could not be processed because the provided clientToken is already in use with "
                "other parameters.",
                tuple(task.arn for task in entry.tasks),
            )
        return zlib.decompress(entry.answer).decode()

    def remember(
        self,
        key: tuple[str, str],
        fingerprint: str,
        answer: str,
        tasks: tuple[TaskRecord, ...],
        now: datetime,
    ) -> None:
        """Keep the answer of a first call under (cluster ARN, token)."""
        self._entries[key] = _Entry(fingerprint, zlib.compress(answer.encode(), _FAST), tasks, now)

    def forget_expired(self, now: datetime) -> None:
        """Drop tokens whose time is over."""
        self._entries = {key: entry for key, entry in self._entries.items() if not entry.expired(now)}


def fingerprint_of(params: Mapping[str, Any]) -> str:
    """Digest RunTask's parameters without the token, so that two calls can be compared."""
    rest = {name: value for name, value in params.items() if name != "clientToken"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()
