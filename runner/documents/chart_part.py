"""Kept points as a chart of a document."""

from typing import Final

from contract.presentation import ChartKind, ChartSection, ColumnFormat
from runner.documents.charts import draw
from runner.documents.kept import MOST_POINTS, KeptPoints
from runner.documents.letters import label
from runner.documents.parts import ChartPart
from runner.writers.format import Result
from runner.writers.points import Points, Scalar, side_by_side, split
from runner.writers.shown import Shown, heading
from runner.writers.values import NULL, printable

LONGEST_NAME: Final = 22
"""Letters of a series' name: four stand beside each other above a chart."""

_IN_WORDS = {
    ChartKind.LINE: "Line chart",
    ChartKind.BAR: "Bar chart",
    ChartKind.STACKED_BAR: "Stacked bar chart",
    ChartKind.AREA: "Area chart",
}


def chart_part(
    title: str,
    section: ChartSection,
    kept: KeptPoints,
    result: Result,
    rows: int,
    file: str | None,
    shown: Shown,
    *,
    for_phones: bool,
) -> ChartPart:
    """The chart, in words what it shows, and a note when it does not show all.

    Args:
        title: above the chart.
        section: what is drawn along what.
        kept: the rows, up to ``MOST_POINTS``.
        result: the query's columns.
        rows: how many rows the query gave.
        file: the name of a file that holds them all.
        shown: how values become text.
        for_phones: whether it is drawn for them, too.
    """
    if not kept.rows:
        return ChartPart(title, "", "", f"{_IN_WORDS[section.kind]} without rows", "No rows.")
    points = _points(section, kept, result, shown)
    drawing = draw(section, points, shown, for_phones=for_phones)
    ends = [shown.text(points.x[place], points.x_look) for place in (0, -1)]
    alt = f"{_IN_WORDS[section.kind]} of {', '.join(points.series)} by {points.x_title}, {ends[0]} to {ends[1]}"
    notes = [drawing.left_out] if drawing.left_out else []
    if rows > len(kept.rows):
        notes.append(f"Drawn from the first {shown.count(MOST_POINTS)} of {shown.count(rows)} rows.")
    if notes and file:
        notes.append(f"All rows are in {file}.")
    return ChartPart(title, drawing.svg, drawing.on_a_phone, printable(alt), " ".join(notes))


def _points(section: ChartSection, kept: KeptPoints, result: Result, shown: Shown) -> Points:
    columns = [result.columns[place] for place in kept.places]
    x, ys = columns[0], columns[1 : 1 + len(section.y)]
    if section.series is None:
        names = [label(printable(heading(column.name, column.look)), LONGEST_NAME) for column in ys]
        along, series = side_by_side(kept.rows, names)
    else:
        along, series = split(kept.rows, lambda value: _series_name(value, columns[-1].look, shown))
    return Points(along, series, x.look, ys[0].look, printable(heading(x.name, x.look)))


def _series_name(value: Scalar, look: ColumnFormat, shown: Shown) -> str:
    return NULL if value is None else label(shown.text(value, look), LONGEST_NAME)
