"""What a chart is drawn from, and how much of it: no more series than can be told apart."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from contract.presentation import ChartKind, ColumnFormat
from runner.writers.values import Number, is_finite

MOST_SERIES: Final = 7
_OTHER: Final = "Other"
Scalar = Number | str | date | datetime | None


@dataclass(frozen=True, slots=True)
class Points:
    """What a chart is drawn from: places along x, and for each series its value there (None where there is none)."""

    x: tuple[Scalar, ...]
    series: dict[str, tuple[float | None, ...]]
    x_look: ColumnFormat
    y_look: ColumnFormat
    x_title: str
    other: str | None = None
    """The series that stands for all that are not drawn, if there is one."""


def fewer_series(kind: ChartKind, points: Points) -> tuple[Points, str]:
    """No more series than there are colours; what can be added up is, the rest is left out with a word."""
    most, count = MOST_SERIES, len(points.series)
    if count <= most:
        return points, ""
    largest = sorted(points.series, key=lambda name: -sum(abs(v or 0.0) for v in points.series[name]))[:most]
    kept = {name: values for name, values in points.series.items() if name in largest}
    said = f"The {most} largest of {count} series are drawn"
    if kind in {ChartKind.STACKED_BAR, ChartKind.AREA}:
        rest = [values for name, values in points.series.items() if name not in largest]
        other = _OTHER if _OTHER not in kept else f"{_OTHER} (the rest)"
        kept[other] = tuple(sum(value or 0.0 for value in column) for column in zip(*rest, strict=True))
        return replace(points, series=kept, other=other), f"{said}; {other} is all the rest."
    return replace(points, series=kept), f"{said}."


def side_by_side(
    rows: Sequence[tuple[Any, ...]], names: Sequence[str]
) -> tuple[tuple[Any, ...], dict[str, tuple[float | None, ...]]]:
    """Rows of x and then one value per series, as places along x and series of these names."""
    series = {name: tuple(drawable(row[1 + number]) for row in rows) for number, name in enumerate(each_its_own(names))}
    return tuple(row[0] for row in rows), series


def split(
    rows: Sequence[tuple[Any, ...]], name_of: Callable[[Any], str]
) -> tuple[tuple[Any, ...], dict[str, tuple[float | None, ...]]]:
    """Rows of x, value and series: one series per value of the last; values that meet at one place are added up."""
    along = tuple(dict.fromkeys(row[0] for row in rows))
    at = {value: place for place, value in enumerate(along)}
    series: dict[Any, list[float | None]] = {}
    for place, amount, name in rows:
        values = series.setdefault(name, [None] * len(along))
        if (number := drawable(amount)) is not None:
            values[at[place]] = (values[at[place]] or 0.0) + number
    names = each_its_own([name_of(name) for name in series])
    return along, {name: tuple(values) for name, values in zip(names, series.values(), strict=True)}


def each_its_own(names: Sequence[str]) -> list[str]:
    """The names, with a number after those that stand before already: shortened, two may look alike."""
    return [f"{name} ({place + 1})" if name in names[:place] else name for place, name in enumerate(names)]


def drawable(value: Any) -> float | None:
    """A value as a chart draws it; what is no finite number it leaves out."""
    return float(value) if is_finite(value) else None
