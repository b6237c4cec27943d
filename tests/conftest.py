"""Which tests stay together on one worker, and which come first.

Those of a folder that share servers stay together, else those of a file. What takes longest begins first, so that
the workers end at about the same time.
"""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent
SHARE_SERVERS = (
    "acceptance/system",
    "acceptance",
    "conformance/local_aws",
    "conformance/local_snowflake",
    "conformance/ports",
)
STARTS_ITS_OWN = {"test_lives_and_deaths.py"}
"""Each of its tests starts a stack of its own; any worker may take any of them."""

LONGEST_FIRST = (
    "acceptance/system",
    "conformance/local_aws",
    "conformance/local_snowflake",
    "conformance/runner",
    "acceptance",
    "conformance/ports",
    "conformance/deploy",
    "simulation",
)


def together(place: Path, name: str) -> str:
    """The name of the group of a test."""
    if place.name in STARTS_ITS_OWN:
        return f"{place.as_posix()}::{name}"
    folder = place.parent.as_posix()
    return folder if folder in SHARE_SERVERS else place.as_posix()


def turn(place: Path) -> int:
    """Its place in the order; the same for all that LONGEST_FIRST does not know."""
    folder = place.parent.as_posix()
    return LONGEST_FIRST.index(folder) if folder in LONGEST_FIRST else len(LONGEST_FIRST)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        item.add_marker(pytest.mark.xdist_group(together(item.path.relative_to(ROOT), item.name)))
    items.sort(key=lambda item: turn(item.path.relative_to(ROOT)))
