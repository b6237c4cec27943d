"""One local stack for all tests of the shop's data; whoever asks for a day loads it."""

from collections.abc import Iterator

import pytest

from tests.local_stack import LocalStack, local_stack


@pytest.fixture(scope="session")
def shop_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    with local_stack(tmp_path_factory.mktemp("shop")) as running:
        yield running
