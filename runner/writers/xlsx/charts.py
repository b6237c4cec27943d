"""Charts of a workbook: drawn by the spreadsheet itself from the rows on their sheets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from contract.presentation import ChartKind, ChartSection
from runner.writers.colours import OTHER, SERIES
from runner.writers.values import is_finite, printable
from runner.writers.xlsx.looks import CellKind
from runner.writers.xlsx.points import SeriesPoints
from runner.writers.xlsx.sheet import SheetColumn
from runner.writers.xlsx.single import is_day, write_value

_TYPES: Final[dict[ChartKind, dict[str, str]]] = {
    ChartKind.LINE: {"type": "line"},
    ChartKind.BAR: {"type": "column"},
    ChartKind.STACKED_BAR: {"type": "column", "subtype": "stacked"},
    ChartKind.AREA: {"type": "area"},
}
# As documents draw them: lines to read by, behind what is shown.
_AXIS: Final = {"color": "#8A94A0", "width": 0.75}
_GRID: Final = {"color": "#E3E7EB", "width": 0.75}
CHART_ROWS: Final = 16
"""Rows of the sheet that a chart stands over; the last is for a note."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """Where charts go: the library's workbook, the sheet they stand on, the name of the one for turned rows."""

    book: Any
    sheet: Any
    data_name: str
    zone: ZoneInfo

    def data(self) -> Any:
        """The sheet for turned rows, made when the first chart needs it."""
        return self.book.get_worksheet_by_name(self.data_name) or self.book.add_worksheet(self.data_name)

    def note(self, row: int, said: str) -> None:
        """Write a sentence below the chart that begins at a row."""
        if said:
            grey = self.book.add_format({"font_color": "#5A6470"})
            self.sheet.write_string(row + CHART_ROWS - 1, 0, said, grey)


def draw_series_chart(canvas: Canvas, row: int, points: SeriesPoints, columns: Sequence[SheetColumn]) -> None:
    """Put a chart on the sheet, at a row, over turned rows that are written to the sheet for them."""
    if (found := points.drawn(canvas.zone)) is None:
        return
    drawn, note = found
    shown = {column.column.name.casefold(): column for column in columns}
    x, y = shown[points.section.x.casefold()], shown[points.section.y[0].casefold()]
    data = canvas.data()
    first = 0 if data.dim_rowmax is None else data.dim_rowmax + 2
    x_format = canvas.book.add_format({"num_format": x.look.number_format})
    for place, title in enumerate((printable(x.title), *drawn.series)):
        data.write_string(first, place, title)
    for line, value in enumerate(drawn.x, first + 1):
        write_value(data, (line, 0), value, x.look, x_format, canvas.zone)
    for place, amounts in enumerate(drawn.series.values(), 1):
        for line, amount in enumerate(amounts, first + 1):
            # What was added up may have gone beyond what a number holds.
            if is_finite(amount):
                data.write_number(line, place, amount)
    last = first + len(drawn.x)
    series = [
        (name, OTHER if name == drawn.other else SERIES[place], [data.name, first + 1, place + 1, last, place + 1])
        for place, name in enumerate(drawn.series)
    ]
    dated = all(is_day(value) for value in drawn.x)
    _draw(canvas, row, points.section, (x, y), [data.name, first + 1, 0, last, 0], series, dated=dated)
    canvas.note(row, note)


def draw_chart(
    canvas: Canvas, row: int, section: ChartSection, columns: Sequence[SheetColumn], spans: Sequence[tuple[str, int]]
) -> None:
    """Put a chart on the sheet, at a row, over the first sheet of a query's rows."""
    places = {column.column.name.casefold(): place for place, column in enumerate(columns)}
    name, rows = spans[0]
    if not rows or any(column.casefold() not in places for column in (section.x, *section.y)):
        return
    x = places[section.x.casefold()]
    ys = [places[column.casefold()] for column in section.y]
    series = [(printable(columns[y].title), SERIES[place], [name, 1, y, rows, y]) for place, y in enumerate(ys)]
    dated = columns[x].look.cell in {CellKind.DATE, CellKind.TIMESTAMP}
    _draw(canvas, row, section, (columns[x], columns[ys[0]]), [name, 1, x, rows, x], series, dated=dated)
    every = sum(count for _, count in spans)
    canvas.note(row, f"Drawn from the first {rows} of {every} rows." if every > rows else "")


def _draw(
    canvas: Canvas,
    row: int,
    section: ChartSection,
    axes: tuple[SheetColumn, SheetColumn],
    categories: list[Any],
    series: Sequence[tuple[str, str, list[Any]]],
    *,
    dated: bool,
) -> None:
    x, y = axes
    chart = canvas.book.add_chart(_TYPES[section.kind])
    for name, colour, values in series:
        drawn = (
            {"line": {"color": colour, "width": 2}} if section.kind is ChartKind.LINE else {"fill": {"color": colour}}
        )
        chart.add_series({"name": name, "categories": categories, "values": values, **drawn})
    chart.set_x_axis({"num_format": x.look.number_format, "line": _AXIS, **({"date_axis": True} if dated else {})})
    grid = {"visible": True, "line": _GRID}
    chart.set_y_axis({"num_format": y.look.number_format, "line": {"none": True}, "major_gridlines": grid})
    chart.set_title({"name": printable(section.title or y.title), "overlay": False})
    chart.set_legend({"position": "bottom"} if len(series) > 1 else {"none": True})
    chart.set_size({"width": 860, "height": 300})
    canvas.sheet.insert_chart(row, 0, chart)
