"""What ``compare`` is told to compare: a file, or something in an account and region."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, get_args

from executor.cli.errors import CommandError, Exit

Kind = Literal["file", "settings", "task-definition", "service", "stack", "environment"]
_REGION: Final = re.compile(r"^[a-z]{2}(-[a-z]+)+-\d$")
_FORMS: Final = {
    "task-definition": "task-definition:FAMILY or task-definition:FAMILY:REVISION",
    "service": "service:CLUSTER/NAME",
    "stack": "stack:NAME",
    "environment": "environment:NAME",
}


@dataclass(frozen=True)
class Side:
    """One side of a comparison.

    Attributes:
        kind: What it is.
        name: Its path, or its name in the account.
        profile: The profile of the AWS SDK; None takes that of the environment.
        region: The region; None takes the profile's, or the environment's.
    """

    kind: Kind
    name: str
    profile: str | None = None
    region: str | None = None

    @property
    def path(self) -> Path:
        """Its path, where it is a file."""
        return Path(self.name)


def side(text: str, profile: str | None = None, region: str | None = None) -> Side:
    """One side, as it is written: a path, ``settings``, or ``service:main/web@profile/region``.

    Args:
        text: The words.
        profile: What goes where they name no profile.
        region: Likewise.

    Raises:
        CommandError: they have another form (2).
    """
    kind, colon, rest = text.partition(":")
    if text == "settings":
        return Side("settings", text)
    if not colon or kind not in _FORMS or Path(text).exists():
        return Side("file", text)
    name, _, place = rest.partition("@")
    own_profile, own_region = _told_apart(place)
    if not name or (kind == "service" and not all(name.partition("/")[::2])):
        raise CommandError(f"{text}: write {_FORMS[kind]}, with @PROFILE, @REGION or @PROFILE/REGION.", Exit.USAGE)
    known: dict[str, Kind] = {one: one for one in get_args(Kind)}
    return Side(known[kind], name, own_profile or profile, own_region or region)


def _told_apart(place: str) -> tuple[str | None, str | None]:
    if "/" in place:
        profile, _, region = place.partition("/")
        return profile or None, region or None
    return (None, place) if _REGION.match(place) else (place or None, None)


def given(values: list[str] | None, option: str) -> tuple[str | None, str | None]:
    """An option for both sides when it is given once, for the first and the second when it is given twice.

    Raises:
        CommandError: it is given more often (2).
    """
    match values or []:
        case []:
            return None, None
        case [both]:
            return both, both
        case [old, new]:
            return old, new
    raise CommandError(f"{option} goes once for both sides, or twice: for the first and the second.", Exit.USAGE)
