"""The log: one JSON object per line on stdout, each with a stable ``action`` beside its sentence."""

import json
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, Final, TextIO

LIBRARY_ACTION: Final = "library_message"


class Log:
    """Writes lines that all carry the same context (job, attempt, trace)."""

    def __init__(self, stream: TextIO, now: Callable[[], datetime]) -> None:
        """Write to a stream, dated by the clock given."""
        self._stream = stream
        self._now = now
        self._context: dict[str, Any] = {}

    def bind(self, **context: object) -> None:
        """Add to what every further line carries."""
        self._context |= context

    def info(self, action: str, message: str, **fields: object) -> None:
        """One line about something that went as it should."""
        self._write("info", action, message, fields)

    def warning(self, action: str, message: str, **fields: object) -> None:
        """One line about something odd that did not stop the run."""
        self._write("warning", action, message, fields)

    def error(self, action: str, message: str, **fields: object) -> None:
        """One line about what stopped the run."""
        self._write("error", action, message, fields)

    def _write(self, level: str, action: str, message: str, fields: dict[str, object]) -> None:
        head = {"ts": self._now().isoformat(), "level": level, "action": action, "message": message}
        line = json.dumps(head | self._context | fields, ensure_ascii=False, default=str)
        # One write per line, so that lines of two threads never mix.
        # A reader that went away must not end a report.
        with suppress(OSError):
            self._stream.write(line + "\n")
            self._stream.flush()


class LibraryMessages(logging.Handler):
    """Brings the warnings of the libraries below us, and of modules that have no log of their own, into this form."""

    def __init__(self, log: Log) -> None:
        """Pass on warnings and errors only; details of the wire could carry what no log should."""
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record as a line, its logger named; a module of ours says its action as ``extra``."""
        action = getattr(record, "action", LIBRARY_ACTION)
        self._log.warning(action, record.getMessage(), logger=record.name)
