"""What the run used, as the kernel counts it."""

import resource
import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU time in seconds and the largest resident memory in MiB, of this process and its ended children."""

    cpu_seconds: float
    peak_memory_mb: float


def usage_so_far() -> Usage:
    """The usage from the start of the process until now."""
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    # getrusage(2): ru_maxrss is in kilobytes on Linux and in bytes on macOS.
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return Usage(
        cpu_seconds=round(own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime, 3),
        peak_memory_mb=round(max(own.ru_maxrss, children.ru_maxrss) / unit, 1),
    )
