"""Documents made from rows in memory, and independent readers of what was made."""

import importlib
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import Any

from contract.presentation import ColumnFormat, Section
from contract.report import Query, ReportDefinition, ReportFormat, Scalar
from runner.arrow import RecordBatch, pa
from runner.writers.format import Column, OpenFile, Report, ReportWriter, Result
from runner.writers.html import HtmlWriter
from runner.writers.pdf import PdfWriter

pypdfium2: Any = importlib.import_module("pypdfium2")  # ships no types
MADE_AT = datetime(2026, 11, 22, 6, 2, 0, 123_456, tzinfo=UTC)
WRITERS: dict[str, type[ReportWriter]] = {"html": HtmlWriter, "pdf": PdfWriter}


class MemoryFile:
    """A file of the report that stays here."""

    def __init__(self) -> None:
        self.data = io.BytesIO()
        self.rows: int | None = None

    def write(self, data: bytes | memoryview, /) -> int:
        return self.data.write(data)

    def close(self, rows: int) -> None:
        self.rows = rows


class MemoryOutlet:
    """All files of a report."""

    def __init__(self) -> None:
        self.files: dict[str, MemoryFile] = {}
        self.kinds: dict[str, tuple[ReportFormat, str, str | None]] = {}

    def open(self, name: str, kind: ReportFormat, content_type: str, query: str | None) -> OpenFile:
        self.kinds[name] = (kind, content_type, query)
        return self.files.setdefault(name, MemoryFile())


def rows(**columns: Any) -> RecordBatch:
    return pa.RecordBatch.from_pydict(columns)


def made(
    kind: str,
    queries: Mapping[str, Sequence[RecordBatch]],
    *,
    sections: tuple[Section, ...] = (),
    looks: Mapping[str, ColumnFormat] | None = None,
    params: Mapping[str, Scalar] | None = None,
    json_columns: frozenset[str] = frozenset(),
    types: Mapping[str, Any] | None = None,
    **definition: Any,
) -> MemoryOutlet:
    """Write a report of these queries, the same looks for columns of the same name in all of them."""
    looks, types = looks or {}, types or {}
    told = ReportDefinition(
        **{"title": "Sales", **definition},
        queries=tuple(Query(name=name, sql="SELECT 1") for name in queries),
        sections=sections,
    )
    outlet = MemoryOutlet()
    writer = WRITERS[kind](outlet, Report("SALES", told, params or {}, date(2026, 11, 21), MADE_AT, "job-1"))
    for query in told.queries:
        names = queries[query.name][0].schema.names
        columns = tuple(
            Column(name, name in json_columns, looks.get(name, ColumnFormat()), types.get(name)) for name in names
        )
        writer.begin(Result(query, columns))
        for batch in queries[query.name]:
            writer.write(batch)
        writer.end()
    writer.finish()
    return outlet


class Page(HTMLParser):
    """What a page says: cells by row, text by class, every tag with its attributes."""

    def __init__(self, data: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._cell = False
        self.feed(data.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")
            self._cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"}:
            self._cell = False

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if self._cell:
            self.rows[-1][-1] += data

    def names(self) -> set[str]:
        return {tag for tag, _ in self.tags}


def page(outlet: MemoryOutlet) -> Page:
    return Page(outlet.files["report.html"].data.getvalue())


class Paper:
    """What a PDF says, page by page, as pdfium reads it."""

    def __init__(self, data: bytes) -> None:
        document = pypdfium2.PdfDocument(data)
        self.sizes = [document[number].get_size() for number in range(len(document))]
        self.pages = []
        for number in range(len(document)):
            text = document[number].get_textpage()
            self.pages.append(text.get_text_bounded())
            text.close()
        self.metadata = document.get_metadata_dict()
        self.tagged = b"/MarkInfo" in data
        document.close()

    @property
    def text(self) -> str:
        return "\n".join(self.pages)

    def says(self, text: str) -> bool:
        """Whether the text is there, whatever lines it was broken into."""
        return "".join(text.split()) in "".join(self.text.split())


def paper(outlet: MemoryOutlet) -> Paper:
    return Paper(outlet.files["report.pdf"].data.getvalue())
