"""P3 as a model: whatever old and new executors send in whatever order, only the leader moves rows, only forward."""

import asyncio
from collections.abc import Callable, Iterator

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from executor.testing.memory_store import MemoryStore
from executor.testing.virtual_clock import VirtualClock
from tests.conformance.ports.stores import MemoryQueue
from tests.model.fences import Fences

CHEAP = settings(max_examples=60, stateful_step_count=25, deadline=None, derandomize=True, database=None)


class MemoryFences(Fences):
    """Over the shipped fake; every run begins with an empty queue."""

    def __init__(self) -> None:
        clock = VirtualClock()
        type(self).queue = MemoryQueue(MemoryStore(clock.now), clock)
        super().__init__()


@pytest.fixture(autouse=True)
def own_loop() -> Iterator[None]:
    MemoryFences.loop = asyncio.new_event_loop()
    yield
    MemoryFences.loop.close()


def test_p3_a_stale_executor_or_attempt_changes_nothing() -> None:
    run_state_machine_as_test(MemoryFences, settings=CHEAP)


@pytest.mark.parametrize("guard", ["_holds", "_owns", "_forward"])
def test_p3_without_one_of_the_three_guards_the_model_is_contradicted(
    guard: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    always: Callable[..., bool] = lambda *_: True  # noqa: E731 - shorter than a function, and read at once
    monkeypatch.setattr(MemoryStore, guard, always)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(MemoryFences, settings=settings(CHEAP, phases=[Phase.generate], max_examples=300))
