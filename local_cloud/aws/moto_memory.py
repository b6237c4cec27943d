"""What moto remembers for ever and no client can ask for is forgotten: a server that runs for weeks must not grow.

A topic of moto keeps every message it sent, a queue the receipt handle of every message that was deleted, and each of
its models every instance that there ever was, for a dashboard: messages, lines of logs, objects of S3.
"""

import threading
from collections.abc import Iterable
from typing import Any

import moto.core.common_models
import moto.sns.models
import moto.sqs.models

MOST_HANDLES = 10_000  # so many deletions of one queue are known, so that deleting again is no error


class LatelyDeleted:
    """The receipt handles of a queue's last deletions, in the place of moto's set of all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handles: dict[str, None] = {}

    def __contains__(self, handle: object) -> bool:
        """Whether a message with this handle was deleted lately."""
        return handle in self._handles

    def update(self, handles: Iterable[str]) -> None:
        """Take handles in, and forget the oldest beyond the most."""
        with self._lock:
            self._handles.update(dict.fromkeys(handles))
            while len(self._handles) > MOST_HANDLES:
                del self._handles[next(iter(self._handles))]


class _OfEachQueue:
    """Gives each queue handles of its own, whatever its constructor puts there."""

    def __get__(self, queue: Any, owner: type) -> Any:
        return self if queue is None else queue.__dict__.setdefault("deleted_messages", LatelyDeleted())

    def __set__(self, queue: Any, value: Any) -> None:
        queue.__dict__.pop("deleted_messages", None)


def _untracked(cls: type, *_: Any, **_of: Any) -> Any:
    return object.__new__(cls)


def forget_what_is_over() -> None:
    """Let topics keep no message, queues only the handles of their last deletions, and models no instance."""
    moto.core.common_models.BaseModel.__new__ = staticmethod(_untracked)  # type: ignore[method-assign]  # the seam itself
    nothing = property(lambda _: [], lambda _topic, _value: None)
    moto.sns.models.Topic.sent_notifications = nothing  # type: ignore[assignment]  # the seam itself
    moto.sqs.models.Queue.deleted_messages = _OfEachQueue()  # type: ignore[assignment]  # the seam itself
