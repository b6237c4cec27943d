"""The first sheet of a workbook whose report has key figures or charts: what the report says, where its rows are."""

from collections.abc import Sequence
from typing import Any, Final

from contract.presentation import ChartSection, KeyFigures
from runner.arrow import RecordBatch
from runner.writers.format import Report, Result
from runner.writers.xlsx.charts import SeriesPoints, draw_chart, draw_series_chart
from runner.writers.xlsx.looks import CellKind, Look
from runner.writers.xlsx.sheet import SheetColumn

_CHART_ROWS: Final = 16
_LABEL_WIDTH, _VALUE_WIDTH = 34, 20
_NOTHING: Final = "\N{EN DASH}"


class Summary:
    """Gathers on the way what the summary shows, and draws it at the end."""

    name: Final = "Summary"
    data_name: Final = "Chart data"

    def __init__(self, report: Report) -> None:
        """Summarise this report."""
        self._report = report
        self._first_rows: dict[str, dict[str, Any]] = {}
        self._columns: dict[str, tuple[SheetColumn, ...]] = {}
        self._spans: dict[str, list[tuple[str, int]]] = {}
        self._points = {
            place: SeriesPoints(section)
            for place, section in enumerate(report.definition.sections)
            if isinstance(section, ChartSection) and section.series is not None
        }

    @classmethod
    def of(cls, report: Report) -> "Summary | None":
        """The summary of a report that has something to sum up."""
        worth = any(isinstance(section, KeyFigures | ChartSection) for section in report.definition.sections)
        return cls(report) if worth else None

    def see(self, result: Result, batch: RecordBatch) -> None:
        """Remember a query's first row, and what its charts by series need."""
        for points in self._points.values():
            points.see(result, batch)
        if result.query.name not in self._first_rows and batch.num_rows:
            values = batch.slice(0, 1).to_pylist()[0].values()
            names = [column.name.casefold() for column in result.columns]
            self._first_rows[result.query.name] = dict(zip(names, values, strict=True))

    def place(self, result: Result, columns: Sequence[SheetColumn], spans: Sequence[tuple[str, int]]) -> None:
        """Remember where a query's rows are: sheets and how many rows each."""
        self._columns[result.query.name] = tuple(columns)
        self._spans[result.query.name] = list(spans)

    def draw(self, book: Any, sheet: Any) -> None:
        """Fill the sheet."""
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, _LABEL_WIDTH)
        sheet.set_column(1, 8, _VALUE_WIDTH)
        row = self._cover(book, sheet)
        for section in self._report.definition.sections:
            if isinstance(section, KeyFigures):
                row = self._figures(book, sheet, section, row) + 1
        row = self._contents(book, sheet, row) + 1
        for place, section in enumerate(self._report.definition.sections):
            if not isinstance(section, ChartSection) or section.query not in self._spans:
                continue
            columns, span = self._columns[section.query], self._spans[section.query][0]
            if (points := self._points.get(place)) is not None:
                data = book.get_worksheet_by_name(self.data_name) or book.add_worksheet(self.data_name)
                draw_series_chart(book, sheet, row, data, points, columns)
            else:
                draw_chart(book, sheet, row, section, columns, span)
            row += _CHART_ROWS

    def _cover(self, book: Any, sheet: Any) -> int:
        report = self._report
        sheet.write_string(0, 0, report.definition.title, book.add_format({"bold": True, "font_size": 18}))
        row = 1
        if report.definition.description:
            sheet.write_string(row, 0, report.definition.description)
            row += 1
        facts: dict[str, Any] = {"Business date": report.business_date and report.business_date.isoformat()}
        facts |= {name.replace("_", " ").capitalize(): value for name, value in report.params.items()}
        facts["Made at"] = report.made_at.strftime("%Y-%m-%d %H:%M UTC")
        facts["Job"] = report.job_id
        grey = book.add_format({"font_color": "#5A6470"})
        for name, value in facts.items():
            if value is not None:
                sheet.write_string(row, 0, name, grey)
                sheet.write_string(row, 1, str(value))
                row += 1
        return row + 1

    def _figures(self, book: Any, sheet: Any, section: KeyFigures, row: int) -> int:
        values = self._first_rows.get(section.query, {})
        looks = {column.column.name.casefold(): column for column in self._columns.get(section.query, ())}
        head = book.add_format({"bold": True, "bottom": 1})
        compared = any(figure.previous for figure in section.figures)
        titles = [section.title or "Key figures", "", *([section.compared_with.capitalize(), "Change"] * compared)]
        for place, title in enumerate(titles):
            sheet.write_string(row, place, title, head)
        for line, figure in enumerate(section.figures, row + 1):
            sheet.write_string(line, 0, figure.label)
            column = looks.get(figure.value.casefold())
            look = column.look if column else Look(CellKind.TEXT, "General")
            now = values.get(figure.value.casefold())
            _write(book, sheet, line, 1, now, look, bold=True)
            if figure.previous is None:
                continue
            before = values.get(figure.previous.casefold())
            _write(book, sheet, line, 2, before, look)
            _write_change(book, sheet, line, now, before)
        return row + 1 + len(section.figures)

    def _contents(self, book: Any, sheet: Any, row: int) -> int:
        head = book.add_format({"bold": True, "bottom": 1})
        sheet.write_string(row, 0, "Sheet", head)
        sheet.write_string(row, 1, "Rows", head)
        for spans in self._spans.values():
            for name, rows in spans:
                row += 1
                target = "internal:'" + name.replace("'", "''") + "'!A1"
                sheet.write_url(row, 0, target, string=name)
                sheet.write_number(row, 1, rows, book.add_format({"num_format": "#,##0", "align": "left"}))
        return row + 1


def _write(book: Any, sheet: Any, row: int, place: int, value: Any, look: Look, *, bold: bool = False) -> None:
    said = {"num_format": look.number_format, "align": "left", "bold": bold}
    if value is None:
        sheet.write_string(row, place, _NOTHING, book.add_format(said))
    elif look.cell is CellKind.NUMBER:
        sheet.write_number(row, place, float(value), book.add_format(said))
    else:
        sheet.write_string(row, place, str(value), book.add_format(said))


def _write_change(book: Any, sheet: Any, row: int, now: Any, before: Any) -> None:
    try:
        change = float(now) / float(before) - 1
    except (TypeError, ValueError, ZeroDivisionError):
        sheet.write_string(row, 3, _NOTHING)
        return
    sheet.write_number(row, 3, change, book.add_format({"num_format": "+0.0%;-0.0%;0.0%", "align": "left"}))
