"""The workbook of a report: sheets of rows streamed in turn, then a summary with key figures and charts.

The archive is written front to back, so rows never wait in memory. What only the end knows (names of sheets, styles,
the summary) is made by the library XlsxWriter as a workbook whose row sheets are empty; its parts follow ours.
"""

import io
import re
import zipfile
from dataclasses import dataclass, field
from typing import ClassVar, Final

import xlsxwriter

from contract.report import ReportFormat
from runner.arrow import RecordBatch, pa
from runner.failures import WrongDefinitionError
from runner.writers.format import Outlet, Report, Result
from runner.writers.values import printable
from runner.writers.xlsx.looks import CellKind, look_of
from runner.writers.xlsx.names import SheetNames, quoted
from runner.writers.xlsx.sheet import (
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_SHEET_BYTES,
    Sheet,
    SheetColumn,
    letters,
    part_name,
    sheet_column,
)
from runner.writers.xlsx.sink import StreamingArchive
from runner.writers.xlsx.styles import Styles
from runner.writers.xlsx.summary import Summary
from runner.writers.xlsx.totals import Tally, Total

FILE_NAME: Final = "report.xlsx"
_STYLE_OF_CELL: Final = re.compile(rb'<c r="[A-Z]+1" s="(\d+)"')
_SLICE_ROWS: Final = 20_000


@dataclass(slots=True)
class _Rows:
    """The query whose rows come now."""

    result: Result
    title: str
    columns: tuple[SheetColumn, ...] | None = None
    tallies: list[Tally | None] = field(default_factory=list)
    sheet: Sheet | None = None
    full: list[tuple[str, int]] = field(default_factory=list)
    name: str = ""


class XlsxWriter:
    """Writes a report as one workbook: a sheet for each query, more where the rows go beyond what a sheet holds."""

    content_type: ClassVar[str] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def __init__(self, outlet: Outlet, report: Report, *, max_rows: int = MAX_ROWS) -> None:
        """Write to the outlet; a sheet takes ``max_rows`` rows, header and totals among them."""
        self._report = report
        self._max_rows = max_rows
        self._file = outlet.open(FILE_NAME, ReportFormat.XLSX, self.content_type, None)
        self._archive = StreamingArchive(self._file)
        self._styles = Styles()
        self._names = SheetNames()
        self._summary = Summary.of(report)
        if self._summary is not None:
            self._names.take(self._summary.name)
            self._names.take(self._summary.data_name)
        self._sheets: list[tuple[str, str | None]] = []
        self._now: _Rows | None = None
        self._rows = 0

    def begin(self, result: Result) -> None:
        """The next query's rows follow.

        Raises:
            WrongDefinitionError: it has more columns than a sheet (10).
        """
        if len(result.columns) > MAX_COLUMNS:
            raise WrongDefinitionError(
                f"query {result.query.name} has {len(result.columns)} columns; a sheet of XLSX takes {MAX_COLUMNS}; "
                "take fewer, or another format",
                query=result.query.name,
            )
        self._now = _Rows(result, result.query.title or result.query.name)
        self._now.tallies = [
            Tally(c.look.total, self._report.definition.time_zone) if c.look.total else None for c in result.columns
        ]

    def write(self, batch: RecordBatch) -> None:
        """Write the rows of one batch, on further sheets where one is full."""
        now = self._current()
        if now.columns is None:
            self._shape(now, batch)
        if self._summary is not None:
            self._summary.see(now.result, batch)
        for tally, column in zip(now.tallies, batch.columns, strict=True):
            if tally is not None:
                tally.add(column)
        at = 0
        while at < batch.num_rows:
            sheet = now.sheet
            if sheet is None or self._is_full(now, sheet):
                sheet = self._next_sheet(now)
            size = min(batch.num_rows - at, self._room(now, sheet), _SLICE_ROWS)
            sheet.write(batch.slice(at, size), self._report.definition.time_zone)
            at += size
        self._rows += batch.num_rows

    def _current(self) -> _Rows:
        if self._now is None:
            raise RuntimeError("rows came before begin")
        return self._now

    def _shape(self, now: _Rows, batch: RecordBatch | None) -> None:
        kinds = [pa.string()] * len(now.result.columns) if batch is None else [c.type for c in batch.columns]
        now.columns = tuple(
            sheet_column(column, look_of(column, kind), batch, i)
            for i, (column, kind) in enumerate(zip(now.result.columns, kinds, strict=True))
        )
        for column in now.columns:
            if batch is not None:
                _check_total(now.result, column)

    def _room(self, now: _Rows, sheet: Sheet) -> int:
        return self._max_rows - 1 - any(now.tallies) - sheet.rows

    def _is_full(self, now: _Rows, sheet: Sheet) -> bool:
        return self._room(now, sheet) <= 0 or sheet.bytes >= MAX_SHEET_BYTES

    def _next_sheet(self, now: _Rows) -> Sheet:
        if now.sheet is not None:
            self._end_sheet(now, ())
        now.name = self._names.take(now.title, len(now.full) + 1)
        number = len(self._sheets) + 1 + (self._summary is not None)
        locale = self._report.definition.locale
        now.sheet = Sheet(self._archive, number, now.columns or (), self._styles, locale=locale)
        self._sheets.append((now.name, None))
        return now.sheet

    def _end_sheet(self, now: _Rows, totals: tuple[Total | None, ...]) -> None:
        if now.sheet is None:
            raise RuntimeError("a sheet ends that was not begun")
        now.sheet.end(totals)
        now.full.append((now.name, now.sheet.rows))
        last = letters(len(now.result.columns) - 1)
        self._sheets[-1] = (now.name, f"A1:{last}{now.sheet.rows + 1}" if now.sheet.rows else None)

    def end(self) -> None:
        """The query has no further rows: write its totals."""
        now = self._current()
        if now.columns is None:
            self._shape(now, None)
        sheet = now.sheet or self._next_sheet(now)
        spans = [*now.full, (now.name, sheet.rows)]
        totals: tuple[Total | None, ...] = ()
        if sum(rows for _, rows in spans):
            totals = tuple(
                None if tally is None else tally.total([_range(name, place, rows) for name, rows in spans])
                for place, tally in enumerate(now.tallies)
            )
        self._end_sheet(now, totals)
        if self._summary is not None:
            self._summary.place(now.result, now.columns or (), now.full)
        self._now = None

    def finish(self) -> None:
        """Write what only the end knows, and end the file."""
        with zipfile.ZipFile(io.BytesIO(self._frame())) as frame:
            ours = {part_name(number + 1 + (self._summary is not None)) for number in range(len(self._sheets))}
            for part in frame.namelist():
                if part not in ours:
                    self._archive.writestr(part, frame.read(part))
        self._archive.close()
        self._file.close(self._rows)

    def _frame(self) -> bytes:
        """A workbook with all but the rows, its row sheets holding one cell of each style."""
        buffer = io.BytesIO()
        book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
        made_at = self._report.made_at.replace(tzinfo=None)
        book.set_properties({"title": printable(self._report.definition.title), "created": made_at})
        summary = None if self._summary is None else book.add_worksheet(self._summary.name)
        sheets = [(book.add_worksheet(name), area) for name, area in self._sheets]
        formats = [book.add_format(style.properties()) for style in self._styles]
        for style in formats:
            # Numbers go out in the order of asking, and the summary would ask first.
            style._get_xf_index()  # type: ignore[no-untyped-call]  # noqa: SLF001 - there is no public way; checked below
        for sheet, area in sheets:
            for place, style in enumerate(formats):
                sheet.write_blank(0, place, None, style)
            sheet.repeat_rows(0)
            if area is not None:
                sheet.autofilter(area)
        if self._summary is not None and summary is not None:
            self._summary.draw(book, summary)
        book.close()
        frame = buffer.getvalue()
        self._check_numbers(frame)
        return frame

    def _check_numbers(self, frame: bytes) -> None:
        # Our rows name styles by numbers that the library gave out; should it ever count otherwise, say so.
        with zipfile.ZipFile(io.BytesIO(frame)) as archive:
            given = _STYLE_OF_CELL.findall(archive.read(part_name(len(self._sheets) + (self._summary is not None))))
        if [int(number) for number in given] != list(range(1, len(list(self._styles)) + 1)):
            raise RuntimeError("XlsxWriter numbers cell formats otherwise than the streamed rows do")


def _check_total(result: Result, column: SheetColumn) -> None:
    total, cell = column.column.look.total, column.look.cell
    ends = total in {"min", "max"} and cell in {CellKind.DATE, CellKind.TIMESTAMP}
    if not (total in {None, "count"} or cell is CellKind.NUMBER or ends):
        raise WrongDefinitionError(
            f"query {result.query.name}: total {total} of column {column.column.name} needs numbers, and the "
            "column is shown as something else; take the total out of its format, or take count",
            query=result.query.name,
        )


def _range(name: str, place: int, rows: int) -> str:
    return f"{quoted(name)}!{letters(place)}2:{letters(place)}{max(rows, 1) + 1}"
