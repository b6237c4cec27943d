"""Ending with the process that started us, so that a killed test run leaves no server behind."""

import ctypes
import os
import platform
import signal
import threading
import time
from collections.abc import Callable

PR_SET_PDEATHSIG = 1  # linux/prctl.h
LOOK_EVERY_S = 0.5


def die_with_parent(on_orphaned: Callable[[], None]) -> None:
    """Arrange that SIGTERM comes (Linux) or `on_orphaned` is called (elsewhere) when the parent has ended."""
    parent = os.getppid()
    if platform.system() == "Linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            on_orphaned()
        return
    threading.Thread(target=_watch, args=(parent, on_orphaned), name="parent-watch", daemon=True).start()


def _watch(parent: int, on_orphaned: Callable[[], None]) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY_S)
    on_orphaned()
