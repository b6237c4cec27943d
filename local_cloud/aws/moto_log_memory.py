"""Lines of logs in little memory: those of streams that rest are packed, which takes about a sixth of the room.

Moto keeps each line as an object, for as long as the server runs. A task writes its lines within minutes, and a few
of them are read again.
"""

import json
import threading
import zlib
from typing import Any, Final

from moto.logs.models import LogEvent, LogStream

MOST_AWAKE: Final = 50  # streams that were written to last
_FIELDS: Final = ("event_id", "ingestion_time", "timestamp", "message")


class RestingEvents:
    """`events` of every log stream: a list, which is only kept as one for the streams that were written to last.

    Whoever adds to the list of a stream must set it again, as `+=` does; moto does nothing else with it but read.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._awake: dict[int, LogStream] = {}  # by their identity, the one written to last at the end

    def __get__(self, stream: LogStream | None, owner: type) -> Any:
        """The events of a stream, oldest first."""
        if stream is None:
            return self
        with self._lock:
            kept = stream.__dict__["events"]
        return kept if isinstance(kept, list) else _unpacked(kept)

    def __set__(self, stream: LogStream, events: list[LogEvent]) -> None:
        """Take the events of a stream, and pack those of the one that has rested longest."""
        with self._lock:
            stream.__dict__["events"] = events
            self._awake.pop(id(stream), None)
            self._awake[id(stream)] = stream
            while len(self._awake) > MOST_AWAKE:
                resting = self._awake.pop(next(iter(self._awake)))
                resting.__dict__["events"] = _packed(resting.__dict__["events"])


def pack_what_rests() -> None:
    """Let log streams that rest take little memory."""
    LogStream.events = RestingEvents()  # type: ignore[assignment]  # the seam itself


def _packed(events: list[LogEvent]) -> bytes:
    return zlib.compress(json.dumps([[getattr(event, name) for name in _FIELDS] for event in events]).encode())


def _unpacked(kept: bytes) -> list[LogEvent]:
    return [_event(values) for values in json.loads(zlib.decompress(kept))]


def _event(values: list[Any]) -> LogEvent:
    event: LogEvent = object.__new__(LogEvent)  # its constructor would give it a new id
    event.__dict__.update(zip(_FIELDS, values, strict=True))
    return event
