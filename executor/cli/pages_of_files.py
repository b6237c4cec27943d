"""Gives back pages of libraries that only the start of a process needed.

A start reads, links and sets up every library from end to end, and the kernel lays the neighbours of each page that is
touched beside it. Of the twenty-six megabytes that are then counted as resident, the work after it touches seven.
"""

import ctypes
import mmap
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

USED_BY_THEN_S: Final = 60.0
"""So long after its start an executor leads, has signed in everywhere, and has done everything once."""
_SMAPS: Final = Path("/proc/self/smaps")


def give_back_pages_of_files() -> None:
    """Take the pages off this process that are a file's and that it may only read: the libraries' code and constants.

    A page that is needed again is put back from the kernel's memory of files in a few microseconds, or read from the
    file where the kernel had other use for that memory (madvise(2), MADV_DONTNEED). Without /proc, nothing happens.
    """
    with suppress(AttributeError, OSError):
        madvise = ctypes.CDLL(None).madvise
        told = _SMAPS.read_text(encoding="utf-8", errors="replace")
        for begin, end in only_read(told.splitlines()):
            # What cannot be taken off, a locked page for one, stays; that is no trouble.
            madvise(ctypes.c_void_p(begin), ctypes.c_size_t(end - begin), mmap.MADV_DONTNEED)


def only_read(smaps: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where files lie in memory as they are on disk, and may not be written to: first address, and the one after.

    Args:
        smaps: the lines of /proc/PID/smaps (proc_pid_smaps(5)): for each range a line ``from-to rights offset device
            inode path``, followed by its counts.
    """
    addresses, as_on_disk = "", False
    for line in smaps:
        words = line.split(maxsplit=5)
        if not words[0].endswith(":"):
            addresses = words[0]
            as_on_disk = len(words) == 6 and words[5].startswith("/") and words[1] in {"r--p", "r-xp"}
        elif words[0] in {"Anonymous:", "Swap:"} and words[1] != "0":
            # The linker wrote addresses here before it took the right to write away. No file has them: such a page
            # would come back as it is on disk, and the next call through it would crash.
            as_on_disk = False
        elif words[0] == "VmFlags:" and as_on_disk:  # the last line of a range
            begin, _, end = addresses.partition("-")
            yield int(begin, 16), int(end, 16)
