"""Workbooks for tests: written to memory, read back by readers that share no code with the writer."""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
from openpyxl.utils.escape import unescape
from openpyxl.workbook import Workbook
from python_calamine import CalamineWorkbook

from contract.presentation import ColumnFormat
from contract.report import ReportDefinition, ReportFormat
from runner.arrow import RecordBatch
from runner.writers.format import Column, OpenFile, Report, Result
from runner.writers.xlsx.report import XlsxWriter


class MemoryFile:
    """A file of a report, kept in memory."""

    def __init__(self) -> None:
        self.buffer = io.BytesIO()
        self.rows: int | None = None

    def write(self, data: bytes | memoryview, /) -> int:
        return self.buffer.write(data)

    def close(self, rows: int) -> None:
        self.rows = rows


class MemoryOutlet:
    """Where the files of a report go in a test."""

    def __init__(self) -> None:
        self.files: dict[str, MemoryFile] = {}

    def open(self, name: str, kind: ReportFormat, content_type: str, query: str | None) -> OpenFile:
        assert kind is ReportFormat.XLSX
        assert query is None
        assert content_type
        self.files[name] = MemoryFile()
        return self.files[name]


def definition(columns: Mapping[str, Any] | None = None, **more: Any) -> ReportDefinition:
    query = {"name": "sold", "sql": "SELECT 1", "columns": columns or {}}
    return ReportDefinition.model_validate({"title": "Sales", "queries": [query], **more})


def workbook(
    batches: Sequence[RecordBatch],
    report: ReportDefinition | None = None,
    names: Sequence[str] | None = None,
    *,
    json_columns: frozenset[str] = frozenset(),
    params: Mapping[str, Any] | None = None,
    **options: Any,
) -> bytes:
    """The workbook of a report whose every query answers with these batches."""
    chosen = report or definition()
    outlet = MemoryOutlet()
    made_at = datetime(2026, 1, 3, 4, 5, tzinfo=UTC)
    given = {"day": "x"} if params is None else dict(params)
    writer = XlsxWriter(outlet, Report("SALES", chosen, given, date(2026, 1, 2), made_at, "job-1"), **options)
    for query in chosen.queries:
        looks = query.columns
        shown = tuple(
            Column(name, name in json_columns, looks.get(name, ColumnFormat()))
            for name in names or batches[0].schema.names
        )
        writer.begin(Result(query, shown))
        for batch in batches:
            writer.write(batch)
        writer.end()
    writer.finish()
    assert list(outlet.files) == ["report.xlsx"]
    assert outlet.files["report.xlsx"].rows == len(chosen.queries) * sum(batch.num_rows for batch in batches)
    return outlet.files["report.xlsx"].buffer.getvalue()


def opened(content: bytes, *, values: bool = False) -> Workbook:
    """The workbook as openpyxl reads it; formulas, or the values that were kept with them."""
    return openpyxl.load_workbook(io.BytesIO(content), data_only=values)


def cells(content: bytes, sheet: str = "sold", *, values: bool = False) -> list[tuple[Any, ...]]:
    """The cells of a sheet as openpyxl reads them, texts as a person sees them."""
    rows = opened(content, values=values)[sheet].iter_rows(values_only=True)
    return [tuple(unescape(cell) if isinstance(cell, str) else cell for cell in row) for row in rows]


def cells_elsewhere(content: bytes, sheet: str = "sold") -> list[list[Any]]:
    """The same as another reader sees them; an empty cell is ``""``."""
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(sheet).to_python()
