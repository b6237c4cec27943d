"""One local stack and one executor for all tests of the whole system."""

from collections.abc import Iterator
from pathlib import Path

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


class OneExecutor:
    """The stack's executor, started beside it from a folder that has nothing to do with it."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self._stack, self._folder = stack, folder
        self._running: Running | None = None

    def leads(self) -> Running:
        if self._running is None:
            self._running = self._stack.start_executor(self._folder)
            self._running.wait_for(lambda line: '"action": "lead"' in line)
        return self._running

    def ends(self) -> None:
        running, self._running = self._running, None
        assert running is None or running.stop() == 0


@pytest.fixture(scope="session")
def one_executor(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OneExecutor]:
    one = OneExecutor(stack, tmp_path_factory.mktemp("elsewhere"))
    yield one
    one.ends()


@pytest.fixture
def executor(one_executor: OneExecutor) -> Running:
    """Work is done in this test."""
    return one_executor.leads()


@pytest.fixture
def no_executor(one_executor: OneExecutor) -> None:
    """No work is done in this test, except by executors of its own."""
    one_executor.ends()


@pytest.fixture
def analyst(stack: Stack) -> Iterator[Analyst]:
    with stack.connect() as connection:
        yield Analyst(connection)
