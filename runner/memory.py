"""How this process takes memory from the system and gives it back."""

import ctypes
import gc
from contextlib import suppress
from typing import Final

_M_MMAP_THRESHOLD: Final = -3
_LARGE_BYTES: Final = 1024 * 1024


def give_back_what_is_freed() -> None:
    """Let every block of a megabyte or more go back to the system when it is freed (glibc's mallopt(3)).

    Left alone, glibc learns from the first large block that is freed to keep the next ones; with parts of 8 MiB and
    batches of rows coming and going on several threads the peak is then a sixth higher. Elsewhere nothing happens.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)


def load_without_collecting() -> None:
    """Look for no cycles to free while modules are loaded: there are none, and looking is a sixth of a start's work."""
    gc.disable()


def collect_from_here() -> None:
    """Look for cycles again, but not among what is loaded: it stays."""
    gc.freeze()
    gc.enable()
