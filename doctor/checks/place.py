"""Where checks look: the settings of one installation, and ways to ask AWS and Snowflake that change nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from executor.settings import ExecutorSettings, ObjectNames

SIGN_IN: Final = "sign-in"
"""The code of a refusal of Snowflake to let us in."""


class CannotLookError(Exception):
    """A check cannot read what it needs; the message says what is needed."""


class NotAskedError(Exception):
    """The question does not arise here; the message says why."""


class RefusedError(Exception):
    """AWS or Snowflake refused with a code of its own, such as one for something that is not there."""

    def __init__(self, code: str, says: str) -> None:
        """``code`` is theirs, ``says`` the message."""
        super().__init__(says)
        self.code = code


Aws = Callable[..., dict[str, Any]]
"""``aws("ecs", "describe_clusters", clusters=[…])``; raises CannotLookError when denied, else RefusedError."""
Rows = Callable[..., list[dict[str, Any]]]
"""``rows("tasks")``: a statement of ours by its name; raises RefusedError."""
Fetch = Callable[[str], bytes]
"""``fetch("https://…")``: a file of less than a megabyte behind an address that AWS gave; raises CannotLookError."""


def _nowhere(url: str) -> bytes:
    raise CannotLookError(f"nobody here fetches {url}")


@dataclass(frozen=True)
class Place:
    """One installation.

    Attributes:
        given: Its settings; None when they cannot be used.
        names: The queue's place in Snowflake.
        wrong: Why the settings cannot be used; empty when they can.
        aws: Asks AWS.
        rows: Asks Snowflake.
        is_local: Whether AWS is the local cloud.
        region: The region that is asked.
        account: The account of Snowflake, as it is set; empty when nobody says.
        way: How Snowflake is signed in to, by the connector's name of the authenticator; empty when nobody says.
        fetch: Gets a file from an address that AWS gave.
    """

    given: ExecutorSettings | None
    names: ObjectNames
    wrong: str
    aws: Aws
    rows: Rows
    is_local: bool
    region: str
    account: str = ""
    way: str = ""
    fetch: Fetch = _nowhere

    @property
    def settings(self) -> ExecutorSettings:
        """The settings.

        Raises:
            CannotLookError: they cannot be used.
        """
        if self.given is None:
            raise CannotLookError("the settings cannot be used; see the check settings")
        return self.given
