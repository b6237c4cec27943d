"""Which tests stay together on one worker: those of a folder that share servers, else those of a file."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent
SHARE_SERVERS = ("acceptance/system", "conformance/local_aws", "conformance/local_snowflake", "conformance/ports")
APART = {"test_lives_and_deaths.py"}
"""Starts its own stacks; a worker of its own may take it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        place = item.path.relative_to(ROOT)
        shared = place.parent.as_posix() in SHARE_SERVERS and place.name not in APART
        item.add_marker(pytest.mark.xdist_group(place.parent.as_posix() if shared else place.as_posix()))
