"""One local stack and one executor for all tests of the whole system."""

from collections.abc import Iterator

import pytest

from tests.acceptance.system.driving import Analyst, Running, Stack, start_up


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("stack") / ".local"
    up = start_up(folder, "--no-executor")
    try:
        yield Stack(folder)
    finally:
        assert up.stop() == 0


@pytest.fixture(scope="session")
def executor(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """An executor started beside the stack, from a folder that has nothing to do with it."""
    running = stack.start_executor(tmp_path_factory.mktemp("elsewhere"))
    running.wait_for(lambda line: '"action": "lead"' in line)
    yield running
    assert running.stop() == 0


@pytest.fixture
def analyst(stack: Stack) -> Iterator[Analyst]:
    with stack.connect() as connection:
        yield Analyst(connection)
