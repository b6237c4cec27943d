"""The cause that the catalogue knows of what stopped a deployment, beside the words of whoever stopped it."""

from typing import Final

from executor import causes
from executor.core.causes import Certainty
from executor.core.classify import classify

_SURE: Final = frozenset({Certainty.CERTAIN, Certainty.LIKELY})
_MARK: Final = "\n  cause: "


def with_cause(text: str) -> str:
    """The text as it is, and the cause with its remedy on lines of their own, where they are known and not said yet."""
    if _MARK in text:
        return text
    found = classify(causes.load(), text)
    if found.certainty not in _SURE:
        return text
    return f"{text}{_MARK}{found.cause_id} ({found.certainty})\n  what to do: {found.remedy}"
