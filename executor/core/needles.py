"""Which words a text must contain for a pattern to match, so that most patterns need not be tried at all.

A pattern is read as alternatives of sequences. Of a sequence the best word counts, its own or those of a group that
must be there; of alternatives all count together, because any may match. A pattern in which some alternative has no
word has none, and is always tried.
"""

import re
from typing import Final

Needles = tuple[str, ...]

_SHORTEST: Final = 3
_GROUP_HEAD: Final = re.compile(r"\?(?:P<\w+>|[a-z]*-?[a-z]*:|P=\w+|[a-z]+(?=\))|<?[!=])?")
_CLASS: Final = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")
_QUANTIFIER: Final = re.compile(r"(?:([?*])|(\+)|\{(\d*),?\d*\})\??")
_NOTHING: Final = ("?!", "?=", "?<!", "?<=", "?P=")


def needles(regex: str) -> Needles:
    """Words in small letters of which each match contains at least one; empty where that cannot be said."""
    return _Reader(regex).alternatives()


def may_match(words: Needles, lowered: str) -> bool:
    """Whether a text in small letters contains one of the words, or there are none to look for."""
    for word in words:  # any() takes twice the time, and a text is asked this a thousand times
        if word in lowered:
            return True
    return not words


class _Reader:
    """Reads a pattern once, from left to right."""

    def __init__(self, regex: str) -> None:
        self.regex, self.at = regex, 0

    def alternatives(self) -> Needles:
        options = [self._sequence()]
        while self.regex[self.at : self.at + 1] == "|":
            self.at += 1
            options.append(self._sequence())
        return tuple(dict.fromkeys(word for option in options for word in option)) if all(options) else ()

    def _sequence(self) -> Needles:
        found: list[Needles] = []
        run = ""
        while self.at < len(self.regex) and self.regex[self.at] not in "|)":
            literal, inner = self._item()
            least, repeats = self._quantifier()
            if literal and least:
                run += literal
            if not literal or not least or repeats:
                found.append((run,))
                run = ""
            if inner and least:
                found.append(inner)
        found.append((run,))
        best = max(found, key=lambda words: min(map(len, words)))
        return tuple(word.lower() for word in best) if min(map(len, best)) >= _SHORTEST else ()

    def _item(self) -> tuple[str, Needles]:
        char = self.regex[self.at]
        if char == "\\":
            self.at += 2
            escaped = self.regex[self.at - 1]
            return ("" if escaped.isalnum() else escaped), ()
        if char == "[":
            found = _CLASS.match(self.regex, self.at)
            self.at = found.end() if found else len(self.regex)
            return "", ()
        self.at += 1
        if char == "(":
            return "", self._group()
        return ("" if char in ".^$" else char), ()

    def _group(self) -> Needles:
        head = _GROUP_HEAD.match(self.regex, self.at)
        said = head[0] if head else ""
        self.at += len(said)
        inner = self.alternatives()
        self.at += 1
        return () if said.startswith(_NOTHING) else inner

    def _quantifier(self) -> tuple[bool, bool]:
        # Whether the item must be there at all, and whether it may be there more than once.
        found = _QUANTIFIER.match(self.regex, self.at)
        if found is None:
            return True, False
        self.at = found.end()
        return not (found[1] or found[3] in {"", "0"}), True
