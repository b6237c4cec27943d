"""Virtual time, and plain log lines: a traceback drawn in a frame costs more than the rest of its test."""

import asyncio
from collections.abc import Callable, Iterator

import pytest
import structlog

from tests.simulation.seeded.virtual_loop import VirtualLoop


def pytest_asyncio_loop_factories(item: pytest.Item) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    # Adapters call their vendors in threads, which virtual time cannot wait for.
    return {"loop": VirtualLoop if item.path.name == "test_looper.py" else asyncio.new_event_loop}


@pytest.fixture(autouse=True)
def plain_log() -> Iterator[None]:
    text = structlog.processors.format_exc_info
    structlog.configure(processors=[structlog.processors.add_log_level, text, structlog.processors.JSONRenderer()])
    yield
    structlog.reset_defaults()
