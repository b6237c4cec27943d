"""Variables out of a ``.env`` file: ``NAME=value``, quoted values over several lines, as a private key has them."""

import re
from typing import Final

_ASSIGNED: Final = re.compile(
    r"""^[ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z_]\w*)=
        (?:"(?P<double>(?:\\.|[^"\\])*)"[ \t]*(?:\#[^\n]*)?
          |'(?P<single>[^']*)'[ \t]*(?:\#[^\n]*)?
          |(?P<plain>[^\n]*?)[ \t]*
        )$""",
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)
_ESCAPED: Final = re.compile(r"\\([\"\\$`])")
"""What a shell takes away between double quotes; ``\\n`` stays, and who reads a key knows it."""


def assigned(text: str) -> dict[str, str]:
    """The variables by their names; of one that is set twice the last."""
    return {found["name"]: _value(found) for found in _ASSIGNED.finditer(text)}


def _value(found: re.Match[str]) -> str:
    if found["double"] is not None:
        return _ESCAPED.sub(r"\1", found["double"])
    if found["single"] is not None:
        return found["single"]
    return found["plain"].strip("\"'")
