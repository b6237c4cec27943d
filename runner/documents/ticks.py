"""The marks of an axis: few round numbers that hold all values."""

import math
from collections.abc import Iterable

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def round_marks(values: Iterable[float], *, about: int = 5) -> list[float]:
    """Round numbers in equal steps, zero among them, from at or below the least value to at or above the largest.

    Args:
        values: what the axis must hold; those that are no finite number count for nothing.
        about: how many steps there should be.
    """
    finite = [value for value in values if math.isfinite(value)]
    low, high = min([0.0, *finite]), max([0.0, *finite])
    if low == high:
        return [0.0, 1.0]
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(step for step in _STEPS if step * power >= rough * (1 - 1e-9)) * power
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    # Dividing by a whole number keeps 0.3 from being 0.30000000000000004.
    places = max(0, 1 - math.floor(math.log10(step)))
    return [round(number * step, places) for number in range(first, last + 1)]


def spread(count: int, most: int) -> list[int]:
    """At most so many of the places 0 … count-1, evenly apart."""
    every = max(1, math.ceil(count / most))
    return list(range(0, count, every))
