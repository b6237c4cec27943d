"""The first sheet of a workbook whose report has key figures or charts: what the report says, where its rows are."""

from collections.abc import Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from contract.presentation import ChartSection, KeyFigures
from runner.arrow import RecordBatch
from runner.writers.format import Report, Result
from runner.writers.xlsx.charts import CHART_ROWS, Canvas, draw_chart, draw_series_chart
from runner.writers.xlsx.cover import LABEL_WIDTH, VALUE_WIDTH, write_cover
from runner.writers.xlsx.figures import FiguresTable, first_row
from runner.writers.xlsx.points import SeriesPoints
from runner.writers.xlsx.sheet import SheetColumn, paper_number


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
            if isinstance(section, ChartSection) and SeriesPoints.needed(section)
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
            name = result.query.name
            sections = [part for part in self._report.definition.sections if isinstance(part, KeyFigures)]
            self._first_rows[name] = first_row([part for part in sections if part.query == name], result, batch)

    def place(self, result: Result, columns: Sequence[SheetColumn], spans: Sequence[tuple[str, int]]) -> None:
        """Remember where a query's rows are: sheets and how many rows each."""
        self._columns[result.query.name] = tuple(columns)
        self._spans[result.query.name] = list(spans)

    def draw(self, book: Any, sheet: Any) -> None:
        """Fill the sheet."""
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, LABEL_WIDTH)
        sheet.set_column(1, 8, VALUE_WIDTH)
        sheet.set_paper(paper_number(self._report.definition.locale))
        sheet.fit_to_pages(1, 0)
        zone = ZoneInfo(self._report.definition.time_zone)
        row = write_cover(book, sheet, self._report)
        table = FiguresTable(book, sheet, zone)
        for section in self._report.definition.sections:
            if isinstance(section, KeyFigures):
                found, columns = self._first_rows.get(section.query, {}), self._columns.get(section.query, ())
                row = table.draw(section, row, found, columns) + 1
        row = self._contents(book, sheet, row) + 1
        self._charts(Canvas(book, sheet, self.data_name, zone), row)

    def _charts(self, canvas: Canvas, row: int) -> None:
        for place, section in enumerate(self._report.definition.sections):
            if not isinstance(section, ChartSection) or section.query not in self._spans:
                continue
            columns, spans = self._columns[section.query], self._spans[section.query]
            if (points := self._points.get(place)) is not None:
                draw_series_chart(canvas, row, points, columns)
            else:
                draw_chart(canvas, row, section, columns, spans)
            row += CHART_ROWS

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
