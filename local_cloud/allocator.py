"""How a server takes memory from the system."""

import ctypes
from contextlib import suppress
from typing import Final

_M_ARENA_MAX: Final = -8
_MOST_ARENAS: Final = 2


def share_few_arenas() -> None:
    """Let all threads take memory from two heaps; to be called before there are threads (glibc's mallopt(3)).

    Every request runs in a thread of its own, and glibc gives threads up to eight heaps per processor. What one
    request frees in one heap the next, in another, cannot use, so that all of them grow to the largest request's
    size. Elsewhere nothing happens.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _MOST_ARENAS)
