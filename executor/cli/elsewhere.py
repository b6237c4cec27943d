"""Verbs that an installation does not hold: an image carries what its own program needs, and nothing for a person."""

from collections.abc import Callable
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from typing import Final

from executor.cli.errors import CommandError, Exit

NEEDS: Final = {
    "up": "local_cloud",
    "demo": "local_cloud",
    "local": "local_cloud",
    "preview": "runner",
    "deploy": "schemachange",
    "rollback": "schemachange",
    "hours": "schemachange",
    "destroy": "schemachange",
    "doctor": "doctor",
    "explain": "doctor",
    "compare": "doctor",
}
"""What a verb needs beyond the extra ``executor``: a package of ours, or a library of another extra."""

Find = Callable[[str], ModuleSpec | None]


def is_here(verb: str, find: Find = find_spec) -> bool:
    """Whether this installation can run a verb; imports nothing."""
    return verb not in NEEDS or find(NEEDS[verb]) is not None


def check(verb: str, find: Find = find_spec) -> None:
    """See that a verb can be run here.

    Raises:
        CommandError: it cannot (2); says where it can.
    """
    if not is_here(verb, find):
        raise CommandError(
            f"reporting {verb} is not in this installation, which has no {NEEDS[verb]}: the executor's image holds "
            "only what the executor needs. Run it in a checkout of the project, where make setup installs all, with "
            "the same settings of AWS and Snowflake",
            Exit.USAGE,
        )
