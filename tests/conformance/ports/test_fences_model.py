"""P3 in the local Snowflake: the statements themselves keep to the model of old and new fences."""

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.conformance.ports.stores import SnowflakeQueue
from tests.model.fences import Fences

FEW = settings(max_examples=4, stateful_step_count=14, deadline=None, derandomize=True, database=None)


class SnowflakeFences(Fences):
    """Over the product's own statements; every run begins with empty tables."""

    real: SnowflakeQueue

    def __init__(self) -> None:
        self.real.empty()
        super().__init__()


@pytest.fixture
def over_snowflake(snowflake_queue: SnowflakeQueue) -> Iterator[type[SnowflakeFences]]:
    SnowflakeFences.real = SnowflakeFences.queue = snowflake_queue
    SnowflakeFences.loop = asyncio.new_event_loop()
    yield SnowflakeFences
    SnowflakeFences.loop.close()


def test_p3_in_snowflake_a_stale_executor_or_attempt_changes_nothing(over_snowflake: type[SnowflakeFences]) -> None:
    run_state_machine_as_test(over_snowflake, settings=FEW)
