"""Flat or growing: what samples of one figure over time say."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

MOST_MEMORY_MB_PER_HOUR = 20.0  # a laptop that serves for a week can bear it
BREATHING_MB = 5.0  # what the allocator takes and gives back, so a short time cannot show a small slope
MOST_MORE = 4  # threads or files that come and go
PARTS = 30  # of a soak, in each of which a process has breathed out once


@dataclass(frozen=True, slots=True)
class Trend:
    """A figure from the end of the warm-up to the end."""

    first: float
    last: float
    per_hour: float
    hours: float

    @property
    def rise(self) -> float:
        """How much more it is at the end."""
        return self.last - self.first


def trend(samples: Sequence[tuple[float, float]], warm_up_s: float) -> Trend:
    """First and last quarter of the (second, value) samples after the warm-up, as medians, and the slope per hour.

    Raises:
        ValueError: fewer than four samples came after the warm-up; run it longer.
    """
    after = [sample for sample in samples if sample[0] >= warm_up_s]
    if len(after) < 4:
        raise ValueError(f"{len(after)} samples after a warm-up of {warm_up_s:.0f} s are too few; run it longer")
    quarter = max(len(after) // 4, 1)
    values = [value for _, value in after]
    hours = (after[-1][0] - after[0][0]) / 3600
    slope = statistics.linear_regression([at_s for at_s, _ in after], values).slope
    return Trend(statistics.median(values[:quarter]), statistics.median(values[-quarter:]), slope * 3600, hours)


def lows(samples: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The lowest (second, value) sample of each thirtieth of the time.

    A process takes memory for a large answer and gives it back; what it keeps is what it holds in between.
    """
    part_s = (samples[-1][0] - samples[0][0]) / PARTS or 1.0
    parts: dict[int, tuple[float, float]] = {}
    for sample in samples:
        number = min(int((sample[0] - samples[0][0]) / part_s), PARTS - 1)  # the last moment ends the last part
        parts[number] = min(parts.get(number, sample), sample, key=lambda one: one[1])
    return list(parts.values())


def memory_mark(memory: Trend) -> float:
    """How many MiB per hour are flat: 20, or more where the time was too short to tell less from breathing."""
    return max(MOST_MEMORY_MB_PER_HOUR, BREATHING_MB / memory.hours)


def memory_grows(memory: Trend) -> bool:
    """Whether a process takes more MiB per hour than its mark."""
    return memory.per_hour > memory_mark(memory)


def count_grows(count: Trend) -> bool:
    """Whether threads or files stay that were not there before."""
    return count.rise > MOST_MORE


def rows_told(jobs: int, written: int, seconds: float) -> str:
    """What the rows of so many jobs, `written` bytes, account for of a slope over this time."""
    each, per_hour = written / max(jobs, 1), written / seconds * 3600 / 2**20
    return (
        f"rows kept: of {jobs} jobs, {each / 1024:.1f} KiB each; {per_hour:.1f} MiB/h of what Snowflake's slope may be"
    )
