"""A chart as a Vega-Lite description, plain data.

All texts of an axis are made by ``Shown`` beforehand, so a chart speaks the same locale as the tables. Fields have
names of our own: what a column is called never becomes syntax.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any, Final

from contract.presentation import ChartKind
from runner.documents.fonts import ON_SCREEN
from runner.documents.letters import label
from runner.documents.ticks import round_marks, spread
from runner.writers.colours import OTHER, SERIES
from runner.writers.points import Points, Scalar
from runner.writers.shown import Shown
from runner.writers.values import is_number

# Lines are dashed differently too, for print in grey.
_DASHES: Final = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 2], [10, 4], [1, 3], [3, 6])
_HEIGHT: Final = 178
_BAR: Final = 24
# Lines of text that a chart of lying bars may have, and bars that stand; both fit on a page.
_MOST_LINES: Final = 24
_MOST_STANDING: Final = 60
_MOST_MARKS: Final = 13
# Pixels between two labels.
_GAP: Final = 5


@dataclass(frozen=True, slots=True)
class Canvas:
    """What a chart is drawn for: pixels of width beside the names, letters of a name, names of series in a row.

    ``letter_px`` is what a name takes per letter; few names beside each other may all be in capitals.
    """

    width_px: int
    letter_px: float
    longest_name: int
    series_across: int


DESK: Final = Canvas(660, 5.5, 36, 4)
"""Paper, and screens as wide."""
PHONE: Final = Canvas(262, 6.3, 16, 2)
"""Held upright: on it a drawing for desks would be cut off, or its letters too small to read."""


def lines(kind: ChartKind, points: Points, shown: Shown, canvas: Canvas) -> dict[str, Any]:
    """A line or an area along days, instants or numbers at their distance, or along words in their order."""
    along = [_position(value) for value in points.x]
    measured = all(place is not None for place in along)
    at: list[float] = [float(n) if place is None or not measured else place for n, place in enumerate(along)]
    names = _names(points, shown, canvas)
    marks = spread(len(at), min(_MOST_MARKS, _room(names, canvas)))
    stacked = kind is ChartKind.AREA
    x = {
        "field": "x", "type": "quantitative", "title": None,
        "scale": {"domain": [min(at), max(at)] if len(set(at)) > 1 else [at[0] - 1, at[0] + 1], "nice": False},
        "axis": _texts([at[n] for n in marks], [names[n] for n in marks])
        | {"grid": False, "ticks": True, "labelFlush": False, "labelOverlap": True},
    }  # fmt: skip
    colour = _colour(points, canvas, symbol="square" if stacked else "stroke")
    mark: dict[str, Any] = {"type": "area", "opacity": 0.85, "line": False} if stacked else {
        "type": "line", "strokeWidth": 2.25, "strokeCap": "round", "strokeJoin": "round",
        "point": {"size": 28, "filled": True} if len(at) <= _MOST_STANDING else False,
    }  # fmt: skip
    encoding = {"x": x, "y": _amounts(points, shown, stacked=stacked), "color": colour}
    if not stacked and len(points.series) > 1:
        encoding["strokeDash"] = {
            "field": "s", "type": "nominal", "legend": colour["legend"],
            "scale": {"domain": list(points.series), "range": list(_DASHES[: len(points.series)])},
        }  # fmt: skip
    if stacked:
        encoding["order"] = {"field": "o", "type": "quantitative"}
    return _spec(points, at, mark, encoding) | {"width": canvas.width_px, "height": _HEIGHT}


def bars(kind: ChartKind, points: Points, shown: Shown, canvas: Canvas) -> dict[str, Any]:
    """Bars in the order of the rows, standing or lying."""
    return _bars(points, shown, canvas, lying=_is_lying(points, shown, canvas), beside=_is_beside(kind, points))


def fewer_bars(kind: ChartKind, points: Points, shown: Shown) -> tuple[Points, str]:
    """As many bars as there is room for at a desk, the same on every canvas; what is left out, or nothing."""
    lying, beside = _is_lying(points, shown, DESK), _is_beside(kind, points)
    most = _MOST_STANDING if not lying else max(1, _MOST_LINES // len(points.series)) if beside else _MOST_LINES
    if len(points.x) <= most:
        return points, ""
    series = {name: values[:most] for name, values in points.series.items()}
    return replace(points, x=points.x[:most], series=series), f"The first {most} of {len(points.x)} bars are drawn."


def _is_lying(points: Points, shown: Shown, canvas: Canvas) -> bool:
    """Whether the names are too long to stand beside each other; time and numbers run from left to right anyway."""
    is_scale = all(isinstance(value, date) or is_number(value) for value in points.x)
    return not is_scale and len(points.x) > _room(_names(points, shown, canvas), canvas)


def _is_beside(kind: ChartKind, points: Points) -> bool:
    return kind is ChartKind.BAR and len(points.series) > 1


def _bars(points: Points, shown: Shown, canvas: Canvas, *, lying: bool, beside: bool) -> dict[str, Any]:
    names = _names(points, shown, canvas)
    at = [float(n) for n in range(len(names))]
    marks = range(len(names)) if lying else spread(len(names), _room(names, canvas))
    category = {
        "field": "x", "type": "ordinal", "title": None, "sort": None, "scale": {"paddingInner": 0.3, "domain": at},
        "axis": _texts([at[n] for n in marks], [names[n] for n in marks])
        # Above the bars: the edges between them would break its line.
        | {"grid": False, "ticks": not lying, "labelAngle": 0, "zindex": 1},
    }  # fmt: skip
    # What is stacked without need gets a clip of its own per bar, with an id that may meet another drawing's.
    amount = _amounts(points, shown, stacked=len(points.series) > 1 and not beside)
    encoding: dict[str, Any] = {"y": category, "x": amount} if lying else {"x": category, "y": amount}
    encoding |= {"color": _colour(points, canvas), "order": {"field": "o", "type": "quantitative"}}
    if beside:
        encoding["yOffset" if lying else "xOffset"] = {"field": "s", "type": "nominal", "sort": None}
    thick = len(points.series) * 14 + 8 if beside else _BAR
    size = {"width": canvas.width_px, "height": len(names) * thick if lying else _HEIGHT}
    rounded = {"cornerRadiusEnd": 2} if len(points.series) == 1 else {"stroke": "white", "strokeWidth": 0.6}
    return _spec(points, at, {"type": "bar", **rounded}, encoding) | size


def _names(points: Points, shown: Shown, canvas: Canvas) -> list[str]:
    return [label(shown.text(value, points.x_look), canvas.longest_name) for value in points.x]


def _room(names: Sequence[str], canvas: Canvas) -> int:
    """How many of the names fit beside each other."""
    return max(1, int(canvas.width_px / (max(map(len, names)) * canvas.letter_px + _GAP)))


def _amounts(points: Points, shown: Shown, *, stacked: bool) -> dict[str, Any]:
    columns = [[value or 0.0 for value in column] for column in zip(*points.series.values(), strict=True)]
    if stacked:
        ends = [sum(v for v in c if v > 0) for c in columns] + [sum(v for v in c if v < 0) for c in columns]
    else:
        ends = [value for column in columns for value in column]
    marks = round_marks(ends)
    return {
        "field": "y", "type": "quantitative", "title": None, "stack": "zero" if stacked else None,
        "scale": {"domain": [marks[0], marks[-1]], "nice": False},
        "axis": _texts(marks, [shown.short(mark, points.y_look) for mark in marks]) | {"domain": False, "ticks": False},
    }  # fmt: skip


def _texts(marks: Sequence[float], texts: Sequence[str]) -> dict[str, Any]:
    # What stands at a mark is looked up by its place, so no text is ever part of an expression but as a literal.
    return {
        "values": list(marks),
        "labelLimit": 0,
        "labelExpr": f"{json.dumps(list(texts))}[indexof({json.dumps(list(marks))}, datum.value)]",
    }


def _colour(points: Points, canvas: Canvas, *, symbol: str = "square") -> dict[str, Any]:
    names = list(points.series)
    colours = [OTHER if name == points.other else SERIES[n] for n, name in enumerate(names)]
    legend = (
        None
        if len(names) == 1
        else {"title": None, "orient": "top", "columns": canvas.series_across, "symbolType": symbol, "labelLimit": 0}
    )
    return {"field": "s", "type": "nominal", "legend": legend, "scale": {"domain": names, "range": colours}}


def _spec(points: Points, at: Sequence[float], mark: dict[str, Any], encoding: dict[str, Any]) -> dict[str, Any]:
    rows = [
        {"x": place, "y": value, "s": name, "o": order}
        for order, (name, values) in enumerate(points.series.items())
        for place, value in zip(at, values, strict=True)
        if value is not None
    ]
    text = {"labelFont": ON_SCREEN, "labelFontSize": 11, "labelColor": "#3D4852"}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": rows},
        "mark": mark | {"clip": False},
        "encoding": encoding,
        "background": None,
        "padding": 4,
        "config": {
            "aria": False,
            "view": {"stroke": None},
            "axis": text
            | {"gridColor": "#E3E7EB", "domainColor": "#8A94A0", "tickColor": "#8A94A0", "labelPadding": 6},
            "legend": text | {"symbolSize": 90, "columnPadding": 16},
        },
    }


def _position(value: Scalar) -> float | None:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    if isinstance(value, date):
        return datetime.combine(value, time(), UTC).timestamp()
    if is_number(value) and math.isfinite(value):  # type: ignore[arg-type] # is_number says that it is one
        return float(value)  # type: ignore[arg-type] # as above
    return None
