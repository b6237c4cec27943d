"""The awslogs log driver: bytes of a container's output become lines of a log stream."""

import os
import threading
from collections.abc import Callable
from typing import Any

MAX_LINE_BYTES = 256 * 1024  # the largest event of CloudWatch Logs; longer lines go out in pieces
READ_BYTES = 64 * 1024


class LineSplitter:
    """Cuts a byte stream into lines of text, whatever bytes it is made of."""

    def __init__(self, max_bytes: int = MAX_LINE_BYTES) -> None:
        self._max_bytes = max_bytes
        self._rest = b""

    def feed(self, data: bytes) -> list[str]:
        """Take more bytes and answer with the lines they complete, without their line ends."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        pieces = [piece for line in lines for piece in self._cut(line)]
        while len(self._rest) > self._max_bytes:
            pieces.append(self._rest[: self._max_bytes])
            self._rest = self._rest[self._max_bytes :]
        return [_text(piece) for piece in pieces]

    def close(self) -> list[str]:
        """Answer with what is left of a last line that had no end."""
        rest, self._rest = self._rest, b""
        return [_text(piece) for piece in self._cut(rest)] if rest else []

    def _cut(self, line: bytes) -> list[bytes]:
        if len(line) <= self._max_bytes:
            return [line]
        return [line[start : start + self._max_bytes] for start in range(0, len(line), self._max_bytes)]


class OutputPump:
    """Reads one container's output to its end and hands on the lines as they come."""

    def __init__(self, emit: Callable[[list[str]], None]) -> None:
        self._emit = emit
        self._read_fd, self.write_fd = os.pipe()
        self._thread = threading.Thread(target=self._pump, name="awslogs", daemon=True)

    def start(self) -> None:
        """Begin to read; the write end belongs to the process from here on."""
        self._thread.start()

    def finish(self, timeout_s: float) -> None:
        """Wait until everything written was handed on, at most so long."""
        self._thread.join(timeout_s)

    def _pump(self) -> None:
        splitter = LineSplitter()
        with os.fdopen(self._read_fd, "rb", buffering=0) as output:
            while data := output.read(READ_BYTES):
                self._hand_on(splitter.feed(data))
        self._hand_on(splitter.close())

    def _hand_on(self, lines: list[str]) -> None:
        if lines:
            self._emit(lines)


def stream_name(container: dict[str, Any], task_id: str) -> str:
    """Name a container's log stream as awslogs does: prefix/container/task-id."""
    options = (container.get("logConfiguration") or {}).get("options") or {}
    prefix = options.get("awslogs-stream-prefix")
    return f"{prefix}/{container['name']}/{task_id}" if prefix else task_id


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace")
