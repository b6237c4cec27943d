"""Virtual time for every simulation: a minute of the world takes a moment."""

from collections.abc import AsyncIterator, Callable, Iterator

import pytest
import structlog

from tests.no_outside import forbid
from tests.simulation.seeded.virtual_loop import VirtualLoop
from tests.simulation.world import World


def pytest_asyncio_loop_factories() -> dict[str, type[VirtualLoop]]:
    # Not looptime: it asks a real selector at each step, which is half of what such a test would cost.
    return {"virtual": VirtualLoop}


@pytest.fixture(autouse=True)
def plain_log() -> Iterator[None]:
    """Tracebacks as text: drawn in a frame, each would cost more than the rest of its test."""
    text = structlog.processors.format_exc_info
    structlog.configure(processors=[structlog.processors.add_log_level, text, structlog.processors.JSONRenderer()])
    yield
    structlog.reset_defaults()


@pytest.fixture(autouse=True)
def no_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    forbid(monkeypatch)


@pytest.fixture
async def new_world() -> AsyncIterator[Callable[..., World]]:
    """Makes worlds; their executors are gone afterwards."""
    worlds: list[World] = []

    def make(*values: object) -> World:
        worlds.append(World(*values))  # type: ignore[arg-type]  # a store class, or nothing
        return worlds[-1]

    yield make
    for world in worlds:
        for executor in world.executors:
            executor.kill()


@pytest.fixture
async def world(new_world: Callable[..., World]) -> World:
    return new_world()
