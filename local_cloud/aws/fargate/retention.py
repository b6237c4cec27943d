"""How long ECS remembers a task that has STOPPED."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from local_cloud.aws.fargate.record import TaskRecord

LOOKS = 100  # in the time that a task is remembered: to look at all tasks in every request would cost more than it


class Retention:
    """Tells which tasks are to be forgotten; not thread-safe.

    Args:
        kept_s: how long a STOPPED task can still be described, in seconds; a hundredth more is possible.
    """

    def __init__(self, kept_s: float) -> None:
        self._kept = timedelta(seconds=kept_s)
        self._next_look = datetime.min.replace(tzinfo=UTC)

    def over(self, records: Iterable[TaskRecord], now: datetime) -> set[str]:
        """The ARNs of those whose time is over; none when the last look was a moment ago."""
        if now < self._next_look:
            return set()
        self._next_look = now + self._kept / LOOKS
        return {record.arn for record in records if record.stopped_at and record.stopped_at + self._kept < now}
