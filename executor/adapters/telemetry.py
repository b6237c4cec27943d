"""Logs as JSON lines on standard output, or readable ones in a terminal."""

import logging
import sys
from contextlib import suppress
from typing import TextIO, cast

import structlog


class Steadfast:
    """A stream that nobody stops working for: what cannot be written, because the disk is full, is left out."""

    def __init__(self, stream: TextIO) -> None:
        """``stream`` is where the lines go."""
        self._stream = stream

    def write(self, text: str) -> int:
        """Write if there is room."""
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Hand on what was written, if there is room."""
        with suppress(OSError):
            self._stream.flush()


def configure_logging(*, pretty: bool = False, level: int = logging.INFO) -> None:
    """One line per decision, each with its stable ``action``."""
    last = structlog.dev.ConsoleRenderer() if pretty else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
            structlog.processors.format_exc_info,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, Steadfast(sys.stdout))),
        cache_logger_on_first_use=True,
    )
