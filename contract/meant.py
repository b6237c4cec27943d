"""The name that somebody may have meant who wrote one that nobody knows."""

import difflib
from collections.abc import Iterable


def closest(name: str, known: Iterable[str], likeness: float = 0.6) -> str | None:
    """The name that was perhaps meant, whatever its capitals; ``likeness`` is what it takes at least, 0 to 1."""
    names = {one.lower(): one for one in sorted(known)}
    return next((names[one] for one in difflib.get_close_matches(name.lower(), names, n=1, cutoff=likeness)), None)


def nearest(name: str, known: Iterable[object]) -> str:
    """What a message about an unknown name adds: the name that was perhaps meant, and those that there are."""
    names = sorted({str(one) for one in known})
    close = closest(name, names)
    meant = f"did you mean {close}? " if close else ""
    return f"{meant}known are {', '.join(names) or 'none'}"
