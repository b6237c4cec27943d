"""Reports written into memory, for whoever tests a format by itself."""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from contract.report import Query, ReportDefinition, ReportFormat
from runner.arrow import RecordBatch
from runner.writers.format import Column, Report, ReportWriter, Result

MADE_AT = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


class MemoryFile:
    """A file of a report, in memory."""

    def __init__(self, kind: ReportFormat, content_type: str, query: str | None) -> None:
        self.kind, self.content_type, self.query = kind, content_type, query
        self.rows: int | None = None
        self._content = io.BytesIO()

    def write(self, data: bytes | memoryview, /) -> int:
        assert self.rows is None, "the file is closed"
        return self._content.write(data)

    def close(self, rows: int) -> None:
        assert self.rows is None, "the file is closed"
        self.rows = rows

    @property
    def content(self) -> bytes:
        assert self.rows is not None, "the file was never closed"
        return self._content.getvalue()


class MemoryOutlet:
    """Keeps a report's files by name."""

    def __init__(self) -> None:
        self.files: dict[str, MemoryFile] = {}

    def open(self, name: str, kind: ReportFormat, content_type: str, query: str | None) -> MemoryFile:
        assert name not in self.files
        self.files[name] = MemoryFile(kind, content_type, query)
        return self.files[name]


def report(queries: Sequence[str] = ("q",), **definition: Any) -> Report:
    """A report whose definition has these queries and further keys."""
    parts = [{"name": name, "sql": "SELECT 1"} for name in queries]
    made = ReportDefinition.model_validate({"title": "Any report", "queries": parts, **definition})
    return Report("ANY_REPORT", made, {}, None, MADE_AT, "job-1")


def written(
    writer: type[ReportWriter],
    results: Mapping[str, tuple[Sequence[Column], Sequence[RecordBatch]]],
    **definition: Any,
) -> dict[str, MemoryFile]:
    """The files that a writer makes of results by query."""
    outlet, about = MemoryOutlet(), report(tuple(results), **definition)
    writing = writer(outlet, about)
    for name, (columns, batches) in results.items():
        writing.begin(Result(Query(name=name, sql="SELECT 1"), tuple(columns)))
        for batch in batches:
            writing.write(batch)
        writing.end()
    writing.finish()
    return outlet.files
