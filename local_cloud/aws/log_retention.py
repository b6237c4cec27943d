"""Streams whose lines are all older than their group keeps them are forgotten, in moto and in their files.

CloudWatch Logs lets each line go by itself and keeps the empty stream. Here a stream goes as one, when its newest line
is too old: a task's lines are minutes apart.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from moto.logs.models import logs_backends

from local_cloud.aws.clock import Clock
from local_cloud.aws.fargate.world import Place

LOOK_EVERY: Final = timedelta(hours=1)

Forget = Callable[[Place, str, str], None]


class LogRetention:
    """Looks for streams that are too old, once in an hour; not thread-safe.

    Args:
        clock: the present moment.
        forget: called with place, group and stream of each that is; removes its file.
    """

    def __init__(self, clock: Clock, forget: Forget) -> None:
        self._clock = clock
        self._forget = forget
        self._next_look = clock() + LOOK_EVERY

    def look(self) -> None:
        """Forget what is too old; does nothing when the last look was less than an hour ago."""
        now = self._clock()
        if now < self._next_look:
            return
        self._next_look = now + LOOK_EVERY
        for place, group in _groups():
            kept_since = now - timedelta(days=int(group.retention_in_days))
            for name, stream in list(group.streams.items()):
                if _last_word(stream) < kept_since:
                    del group.streams[name]
                    self._forget(place, group.name, name)


def _groups() -> Iterator[tuple[Place, Any]]:
    for account, regions in list(logs_backends.items()):
        for region, backend in list(regions.items()):
            for group in list(backend.groups.values()):
                if group.retention_in_days:
                    yield Place(account, region), group


def _last_word(stream: Any) -> datetime:
    # Moto's moments are in UTC without saying so.
    moment: datetime = stream.last_ingestion_time or stream.creation_time
    return moment.replace(tzinfo=UTC)
