"""Plain log lines: a traceback drawn in a frame costs more than the rest of its test."""

from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def plain_log() -> Iterator[None]:
    text = structlog.processors.format_exc_info
    structlog.configure(processors=[structlog.processors.add_log_level, text, structlog.processors.JSONRenderer()])
    yield
    structlog.reset_defaults()
