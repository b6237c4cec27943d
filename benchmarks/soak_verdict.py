"""Flat or growing: what samples of one figure over time say."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

MOST_MEMORY_RISE = 0.05  # of what was held after the warm-up
LEAST_MEMORY_RISE_MB = 15.0  # less is the allocator's breathing
MOST_MORE = 4  # threads or files that come and go


@dataclass(frozen=True, slots=True)
class Trend:
    """A figure from the end of the warm-up to the end."""

    first: float
    last: float
    per_hour: float

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
    slope = statistics.linear_regression([at_s for at_s, _ in after], values).slope
    return Trend(statistics.median(values[:quarter]), statistics.median(values[-quarter:]), slope * 3600)


def memory_grows(memory: Trend) -> bool:
    """Whether a process holds more MiB at the end than breathing explains."""
    return memory.rise > max(LEAST_MEMORY_RISE_MB, MOST_MEMORY_RISE * memory.first)


def count_grows(count: Trend) -> bool:
    """Whether threads or files stay that were not there before."""
    return count.rise > MOST_MORE
