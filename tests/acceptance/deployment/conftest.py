"""One checkout, deployed once, for the tests that break the next deployment."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.deployment.place import Place


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Place]:
    """A checkout with nothing deployed."""
    place = Place(tmp_path)
    yield place
    place.end()


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A checkout whose first version is at work."""
    place = Place(tmp_path_factory.mktemp("deployed"))
    done = place.run("deploy", "--env", "local", "--yes")
    assert done.returncode == 0, done.stdout
    yield place
    place.end()
