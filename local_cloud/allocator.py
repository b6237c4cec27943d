"""How a server takes memory from the system."""

import ctypes
import threading
from contextlib import suppress
from typing import Final

_M_ARENA_MAX: Final = -8
_MOST_ARENAS: Final = 2
_EVERY_S: Final = 30.0


def share_few_arenas() -> None:
    """Let all threads take memory from two heaps; to be called before there are threads (glibc's mallopt(3)).

    Every request runs in a thread of its own, and glibc gives threads up to eight heaps per processor. What one
    request frees in one heap the next, in another, cannot use, so that all of them grow to the largest request's
    size. Elsewhere nothing happens.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _MOST_ARENAS)


def give_back_until(ended: threading.Event) -> None:
    """Return the pages that hold nothing any more to the system, every 30 s until `ended` (glibc's malloc_trim(3)).

    glibc returns only what lies at the end of a heap. A local Snowflake that answered some thousand statements has as
    much free memory between what it keeps as it keeps, 55 MiB of each: what one burst of statements took at once.
    """
    with suppress(OSError, AttributeError):
        trim = ctypes.CDLL(None).malloc_trim
        while not ended.wait(_EVERY_S):
            trim(0)
