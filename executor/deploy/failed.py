"""What a deployment tells of a service that did not come up, for whoever explains it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Failed:
    """A service that did not come up.

    Attributes:
        cluster: its cluster's name.
        service: its name.
        since: tasks that were made before are another deployment's; a moment with its zone.
    """

    cluster: str
    service: str
    since: datetime


Why = Callable[[Failed], list[str]]
"""Tells why a service did not come up, one line each."""
