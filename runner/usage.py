"""What the run used, as the kernel counts it."""

import re
import resource
import sys
from dataclasses import dataclass
from pathlib import Path

_STATUS = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU time in seconds and the largest resident memory in MiB, of this process and its ended children."""

    cpu_seconds: float
    peak_memory_mb: float


def usage_so_far() -> Usage:
    """The usage from the start of the process until now."""
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return Usage(
        cpu_seconds=round(own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime, 3),
        peak_memory_mb=round(max(_own_peak_mb(own.ru_maxrss), _mb(children.ru_maxrss)), 1),
    )


def _own_peak_mb(max_rss: int) -> float:
    # Linux counts into ru_maxrss what the parent held when it started this process; VmHWM begins at zero (proc(5)).
    try:
        found = re.search(r"^VmHWM:\s+(\d+) kB", _STATUS.read_text(encoding="ascii"), re.MULTILINE)
    except OSError:
        found = None
    return int(found[1]) / 1024 if found else _mb(max_rss)


def _mb(max_rss: int) -> float:
    # getrusage(2): ru_maxrss is in kilobytes on Linux and in bytes on macOS.
    return max_rss / (1024 * 1024 if sys.platform == "darwin" else 1024)
