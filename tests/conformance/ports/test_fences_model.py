"""P3 in the local Snowflake: the statements themselves keep to the model of old and new fences."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from executor.port_errors import NothingDoneError
from tests.conformance.ports.stores import SnowflakeQueue
from tests.model.fences import Fences

FEW = settings(
    max_examples=4,
    stateful_step_count=14,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],  # how long a statement takes is the machine's affair
)
ASKED_AT_MOST = 20


class Patient:
    """A store, asked again when the machine was so busy that a statement was not sent in time, or ran out of its."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def __getattr__(self, method: str) -> Any:
        async def call(*values: Any) -> Any:
            for _ in range(ASKED_AT_MOST - 1):
                try:
                    return await getattr(self._store, method)(*values)
                except NothingDoneError:
                    continue
            return await getattr(self._store, method)(*values)

        return call


class SnowflakeFences(Fences):
    """Over the product's own statements; every run begins with empty tables."""

    real: SnowflakeQueue

    def __init__(self) -> None:
        self.real.empty()
        super().__init__()


@pytest.fixture
def over_snowflake(snowflake_queue: SnowflakeQueue, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[SnowflakeFences]]:
    monkeypatch.setattr(snowflake_queue, "store", Patient(snowflake_queue.store))
    SnowflakeFences.real = SnowflakeFences.queue = snowflake_queue
    SnowflakeFences.loop = asyncio.new_event_loop()
    yield SnowflakeFences
    SnowflakeFences.loop.close()


def test_p3_in_snowflake_a_stale_executor_or_attempt_changes_nothing(over_snowflake: type[SnowflakeFences]) -> None:
    run_state_machine_as_test(over_snowflake, settings=FEW)
