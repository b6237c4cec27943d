"""What a chart is drawn from, and how much of it: no more series than can be told apart."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from contract.presentation import ChartKind, ColumnFormat
from runner.documents.letters import label
from runner.writers.shown import NULL, Number, Shown

MOST_SERIES: Final = 7
_OTHER: Final = "Other"
LONGEST_NAME: Final = 22
"""Letters of a series' name: four stand beside each other above a chart."""

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


def series_name(value: Scalar, look: ColumnFormat, shown: Shown) -> str:
    """A series' name as its legend shows it."""
    return NULL if value is None else label(shown.text(value, look), LONGEST_NAME)
