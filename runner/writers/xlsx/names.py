"""Names of sheets: at most 31 characters, without those that Excel refuses, each once."""

import re
from typing import Final

MAX_NAME: Final = 31
"""Characters of a sheet's name (Excel specifications and limits)."""

_REFUSED: Final = re.compile(r"[\s\[\]:*?/\\\x00-\x1f]+")


class SheetNames:
    """Gives out names for sheets."""

    def __init__(self) -> None:
        """Nothing is taken yet but what Excel keeps for itself."""
        self._taken = {"history"}

    def take(self, title: str, part: int = 1) -> str:
        """A free name that is like the title; ``part`` is told from 2 on, for rows that go on from a full sheet."""
        wanted = _REFUSED.sub(" ", title).strip().strip("'").strip() or "Sheet"
        again, suffix = part, f" ({part})" if part > 1 else ""
        while (name := wanted[: MAX_NAME - len(suffix)].rstrip() + suffix).casefold() in self._taken:
            again += 1
            suffix = f" ({again})"
        self._taken.add(name.casefold())
        return name


def quoted(name: str) -> str:
    """A sheet's name as formulas write it."""
    return "'" + name.replace("'", "''") + "'"
