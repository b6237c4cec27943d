"""Which tests stay together on one worker, and which come first.

Those of a folder that share servers stay together, else those of a file. What takes longest begins first, so that
the workers end at about the same time.
"""

from pathlib import Path

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # it ships no types

SHARE_SERVERS = (
    "acceptance/system",
    "acceptance",
    "conformance/deploy",
    "conformance/local_aws",
    "conformance/local_snowflake",
    "conformance/ports",
    "conformance/runner",
)
ANY_WORKER = {"test_lives_and_deaths.py", "test_seeds.py", "test_mutants.py"}
"""Their tests share nothing, and together they are too much for one worker."""

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
    if place.name in ANY_WORKER:
        return f"{place.as_posix()}::{name}"
    folder = place.parent.as_posix()
    return folder if folder in SHARE_SERVERS else place.as_posix()


def turn(place: Path) -> int:
    """Its place in the order; the same for all that LONGEST_FIRST does not know."""
    folder = place.parent.as_posix()
    return LONGEST_FIRST.index(folder) if folder in LONGEST_FIRST else len(LONGEST_FIRST)


class TogetherScheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist ships no types
    """Hands out whole groups.

    The marks of ``--dist loadgroup`` have no effect: pytest-xdist 3.8 writes the group into the test's id in a way that
    pytest 9.2 does not see.
    """

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def group_of(nodeid: str) -> str:
    """The name of the group of a test, by its id from the root of the repository."""
    path, _, name = nodeid.partition("::")
    return together(Path(path).relative_to("tests"), name)
