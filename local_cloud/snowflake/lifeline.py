"""What a server knows of its own process: when to end (with its parent, on SIGTERM or SIGINT), what it has held."""

import ctypes
import os
import platform
import resource
import signal
import threading
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
_LOOK_S = 0.5


def end_signal() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        # In a thread of its own: a handler runs in the main thread, which may hold the event's lock at that moment.
        signal.signal(number, lambda *_: threading.Thread(target=ended.set, daemon=True).start())
    return ended


def peak_memory_mib() -> float:
    """The most memory that this process has held, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if platform.system() == "Darwin" else 2**10)  # macOS counts bytes, Linux KiB


def open_files() -> int:
    """How many files and sockets this process has open."""
    return len(list(Path("/dev/fd").iterdir()))


def die_with_parent(ended: threading.Event) -> None:
    """Set `ended` when the parent process dies: told by the kernel on Linux, looked for elsewhere."""
    parent = os.getppid()
    if platform.system() == "Linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # it died before the kernel knew that we care
            ended.set()
        return
    threading.Thread(target=_watch, args=(parent, ended), daemon=True).start()


def _watch(parent: int, ended: threading.Event) -> None:
    while not ended.wait(_LOOK_S):
        if os.getppid() != parent:
            ended.set()
