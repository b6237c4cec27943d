"""Kept points as a chart of a document."""

import math
from typing import Any

from contract.presentation import ChartKind, ChartSection
from runner.documents.charts import draw
from runner.documents.kept import MOST_POINTS, KeptPoints
from runner.documents.letters import label
from runner.documents.parts import ChartPart
from runner.documents.points import LONGEST_NAME, Points, series_name
from runner.writers.format import Result
from runner.writers.shown import Shown, heading, is_number, printable

_IN_WORDS = {
    ChartKind.LINE: "Line chart",
    ChartKind.BAR: "Bar chart",
    ChartKind.STACKED_BAR: "Stacked bar chart",
    ChartKind.AREA: "Area chart",
}


def chart_part(
    title: str, section: ChartSection, kept: KeptPoints, result: Result, rows: int, shown: Shown
) -> ChartPart:
    """The chart, in words what it shows, and a note when it does not show all.

    Args:
        title: above the chart.
        section: what is drawn along what.
        kept: the rows, up to ``MOST_POINTS``.
        result: the query's columns.
        rows: how many rows the query gave.
        shown: how values become text.
    """
    if not kept.rows:
        return ChartPart(title, "", f"{_IN_WORDS[section.kind]} without rows", "No rows.")
    points = _points(section, kept, result, shown)
    drawing = draw(section, points, shown)
    ends = [shown.text(points.x[place], points.x_look) for place in (0, -1)]
    alt = f"{_IN_WORDS[section.kind]} of {', '.join(points.series)} by {points.x_title}, {ends[0]} to {ends[1]}"
    notes = [drawing.left_out] if drawing.left_out else []
    if rows > len(kept.rows):
        notes.append(f"Drawn from the first {shown.count(MOST_POINTS)} of {shown.count(rows)} rows.")
    return ChartPart(title, drawing.svg, printable(alt), " ".join(notes))


def _points(section: ChartSection, kept: KeptPoints, result: Result, shown: Shown) -> Points:
    columns = [result.columns[place] for place in kept.places]
    x, ys = columns[0], columns[1 : 1 + len(section.y)]
    along: tuple[Any, ...]
    series: dict[str, tuple[float | None, ...]]
    if section.series is None:
        along = tuple(row[0] for row in kept.rows)
        names = [label(printable(heading(column.name, column.look)), LONGEST_NAME) for column in ys]
        names = _each_its_own(names)
        series = {name: tuple(_drawable(row[1 + number]) for row in kept.rows) for number, name in enumerate(names)}
    else:
        along, series = _split(kept, lambda value: series_name(value, columns[-1].look, shown))
    return Points(along, series, x.look, ys[0].look, printable(heading(x.name, x.look)))


def _split(kept: KeptPoints, name_of: Any) -> tuple[tuple[Any, ...], dict[str, tuple[float | None, ...]]]:
    """One series per value of the last column; values that meet at one place are added up."""
    along = tuple(dict.fromkeys(row[0] for row in kept.rows))
    at = {value: place for place, value in enumerate(along)}
    series: dict[Any, list[float | None]] = {}
    for place, amount, name in kept.rows:
        values = series.setdefault(name, [None] * len(along))
        if (drawable := _drawable(amount)) is not None:
            values[at[place]] = (values[at[place]] or 0.0) + drawable
    names = _each_its_own([name_of(name) for name in series])
    return along, {name: tuple(values) for name, values in zip(names, series.values(), strict=True)}


def _each_its_own(names: list[str]) -> list[str]:
    """The names, with a number after those that stand before already: shortened, two may look alike."""
    return [f"{name} ({place + 1})" if name in names[:place] else name for place, name in enumerate(names)]


def _drawable(value: Any) -> float | None:
    return float(value) if is_number(value) and math.isfinite(value) else None
