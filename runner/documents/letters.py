"""How wide a text is, counted in letters: good enough to lay columns out and to shorten labels."""

import re
import unicodedata
from typing import Final

_WIDE: Final = frozenset("WF")
# Marks that choose between two looks of one sign, and marks of direction, which a drawing cannot follow.
_MARKS: Final = re.compile("[\ufe00-\ufe0f\u200e\u200f\u061c]")


def letters(text: str) -> int:
    """The width of a text in letters; Chinese, Japanese and Korean signs are two."""
    return len(text) if text.isascii() else sum(map(_width, text))


def label(text: str, most: int) -> str:
    """A text as a label: on one line, without marks of look and direction, not wider than ``most``.

    It is shortened here, because the compiler of charts cannot cut between two of Unicode's later characters.
    """
    text = _MARKS.sub("", " ".join(text.split()))
    if letters(text) <= most:
        return text
    room = most - 1
    for place, character in enumerate(text):
        room -= _width(character)
        if room < 0:
            return f"{text[:place]}\N{HORIZONTAL ELLIPSIS}"
    return text


def _width(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1
