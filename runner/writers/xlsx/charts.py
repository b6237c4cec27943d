"""Charts of a workbook: drawn by the spreadsheet itself from the rows on their sheets."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from contract.presentation import ChartKind, ChartSection
from runner.arrow import RecordBatch
from runner.writers.format import Result
from runner.writers.xlsx.looks import CellKind
from runner.writers.xlsx.sheet import SheetColumn

_TYPES: Final[dict[ChartKind, dict[str, str]]] = {
    ChartKind.LINE: {"type": "line"},
    ChartKind.BAR: {"type": "column"},
    ChartKind.STACKED_BAR: {"type": "column", "subtype": "stacked"},
    ChartKind.AREA: {"type": "area"},
}
# Colours that people who do not see red and green can tell apart (Okabe and Ito, 2008).
_COLOURS: Final = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000")


_MAX_POINTS: Final = 5_000


class SeriesPoints:
    """The rows of a chart that splits one column by another, turned: a line per ``x``, a column per series.

    At most 5,000 rows are drawn.
    """

    def __init__(self, section: ChartSection) -> None:
        """Gather for this chart."""
        self.section = section
        self.table: dict[Any, dict[str, float | None]] = {}
        self.names: dict[str, int] = {}
        self._seen = 0

    def see(self, result: Result, batch: RecordBatch) -> None:
        """Take what the chart shows of a batch; rows without ``x`` or series are left out."""
        section, names = self.section, [column.name.casefold() for column in result.columns]
        wanted = [section.x, section.series or "", section.y[0]]
        if result.query.name != section.query or any(name.casefold() not in names for name in wanted):
            return
        columns = [batch.column(names.index(name.casefold())) for name in wanted]
        taken = min(batch.num_rows, _MAX_POINTS - self._seen)
        self._seen += taken
        for x, series, y in zip(*(column.slice(0, taken).to_pylist() for column in columns), strict=True):
            if x is not None and series is not None:
                self.names.setdefault(str(series), len(self.names))
                self.table.setdefault(x, {})[str(series)] = None if y is None else float(y)


def draw_series_chart(
    book: Any, sheet: Any, row: int, data: Any, points: SeriesPoints, columns: Sequence[SheetColumn]
) -> None:
    """Put a chart on the sheet, at a row, over turned rows that are written to the sheet ``data``."""
    shown = {column.column.name.casefold(): column for column in columns}
    section = points.section
    if not points.table:
        return
    x, y = shown[section.x.casefold()], shown[section.y[0].casefold()]
    first = 0 if data.dim_rowmax is None else data.dim_rowmax + 2
    x_format = book.add_format({"num_format": x.look.number_format})
    data.write_string(first, 0, x.title)
    for name, place in points.names.items():
        data.write_string(first, place + 1, name)
    for line, (value, ys) in enumerate(points.table.items(), first + 1):
        _write_x(data, line, value, x_format)
        for name, number in ys.items():
            if number is not None:
                data.write_number(line, points.names[name] + 1, number)
    last = first + len(points.table)
    series = [(name, [data.name, first + 1, p + 1, last, p + 1]) for name, p in points.names.items()]
    _draw(book, sheet, row, section, x, y, [data.name, first + 1, 0, last, 0], series)


def _write_x(data: Any, line: int, value: Any, cell_format: Any) -> None:
    if isinstance(value, datetime):
        data.write_datetime(line, 0, value.replace(tzinfo=None), cell_format)
    elif isinstance(value, date):
        data.write_datetime(line, 0, value, cell_format)
    elif isinstance(value, int | float | Decimal):
        data.write_number(line, 0, float(value), cell_format)
    else:
        data.write_string(line, 0, str(value))


def draw_chart(
    book: Any, sheet: Any, row: int, section: ChartSection, columns: Sequence[SheetColumn], span: tuple[str, int]
) -> None:
    """Put a chart on the sheet, at a row, over the first sheet of a query's rows."""
    places = {column.column.name.casefold(): place for place, column in enumerate(columns)}
    name, rows = span
    if not rows or any(column.casefold() not in places for column in (section.x, *section.y)):
        return
    x = places[section.x.casefold()]
    ys = [places[column.casefold()] for column in section.y]
    series = [(columns[y].title, [name, 1, y, rows, y]) for y in ys]
    _draw(book, sheet, row, section, columns[x], columns[ys[0]], [name, 1, x, rows, x], series)


def _draw(
    book: Any,
    sheet: Any,
    row: int,
    section: ChartSection,
    x: SheetColumn,
    y: SheetColumn,
    categories: list[Any],
    series: Sequence[tuple[str, list[Any]]],
) -> None:
    chart = book.add_chart(_TYPES[section.kind])
    for index, (name, values) in enumerate(series):
        colour: dict[str, Any] = {"color": _COLOURS[index % len(_COLOURS)]}
        drawn = {"line": {**colour, "width": 2}} if section.kind is ChartKind.LINE else {"fill": colour}
        chart.add_series({"name": name, "categories": categories, "values": values, **drawn})
    dated = x.look.cell in {CellKind.DATE, CellKind.TIMESTAMP}
    chart.set_x_axis({"num_format": x.look.number_format, **({"date_axis": True} if dated else {})})
    chart.set_y_axis({"num_format": y.look.number_format})
    chart.set_title({"name": section.title or y.title, "overlay": False})
    chart.set_legend({"position": "bottom"} if len(series) > 1 else {"none": True})
    chart.set_size({"width": 860, "height": 300})
    sheet.insert_chart(row, 0, chart)
