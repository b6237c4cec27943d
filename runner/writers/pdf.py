"""PDF: the report on paper, tagged for those who have it read to them (PDF/UA-1), set by Typst from data alone."""

import json
import logging
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

import typst

from contract.report import ReportFormat
from runner.arrow import RecordBatch
from runner.documents.collected import Collected
from runner.documents.fonts import FALLBACKS, FAMILY, cjk_family, font_folders
from runner.documents.glyphs import drawable
from runner.documents.letters import letters
from runner.documents.paper import Paper, apart_pt, paper_of, spread_out
from runner.documents.parts import ChartPart, Document, FiguresPart, Part, TablePart
from runner.writers.format import Outlet, Report, Result

_CONTENT_TYPE: Final = "application/pdf"
# Some thirty pages and as many seconds of setting; nobody reads more.
_MOST_CELLS: Final = 10_000
_LONG_WORD: Final = re.compile(r"[^\s]{15,}")
_PIECE: Final = 6
_ROWS_TOGETHER: Final = 16
_LETTERS_TOGETHER: Final = 160
# How many key figures stand beside each other, by how many there are, so that no row is nearly empty.
_ACROSS: Final = (1, 1, 2, 3, 4, 5, 3, 4, 4, 3, 5, 4, 4)
# A digit's width is about half the letters' size.
_FIGURE_PT: Final = 16.0
_DIGIT: Final = 0.62
_CARD_PT: Final = 26.0
Standard = Literal["ua-1"]
NOT_ACCESSIBLE: Final = "pdf_not_accessible"
"""The action of the log line about paper that is not PDF/UA-1."""

_log = logging.getLogger(__name__)
_ACCESSIBLE: Final[Standard] = "ua-1"


class PdfWriter:
    """Writes the whole report as ``report.pdf``."""

    def __init__(self, outlet: Outlet, report: Report) -> None:
        """Write to the outlet when the last query has ended."""
        self._outlet = outlet
        self._made_at = report.made_at
        self._collected = Collected(report, _MOST_CELLS)

    def begin(self, result: Result) -> None:
        """The next query's rows follow."""
        self._collected.begin(result)

    def write(self, batch: RecordBatch) -> None:
        """Keep what the document shows of a batch."""
        self._collected.write(batch)

    def end(self) -> None:
        """Do nothing: what was kept waits for the other queries."""

    def finish(self) -> None:
        """Set the document and write it."""
        data = json.dumps(_data(self._collected.document()), ensure_ascii=False)
        try:
            pdf = self._set(data, _ACCESSIBLE)
        except typst.TypstError as refused:
            # Some text cannot be read aloud as the standard wants it; on paper it still can be read.
            _log.warning(
                "report.pdf is made without the tags of PDF/UA-1, which Typst refused: %s", refused,
                extra={"action": NOT_ACCESSIBLE},
            )  # fmt: skip
            pdf = self._set(data, None)
        file = self._outlet.open("report.pdf", ReportFormat.PDF, _CONTENT_TYPE, None)
        file.write(pdf)
        file.close(self._collected.rows())

    def _set(self, data: str, standard: Standard | None) -> bytes:
        return typst.compile(
            _source(),
            font_paths=_fonts(),
            sys_inputs={"report": data},
            pdf_standards=standard,
            timestamp=int(self._made_at.timestamp()),
        )


@cache
def _source() -> bytes:
    return files("runner.documents").joinpath("report.typ").read_bytes()


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=list(font_folders()))


def _data(document: Document) -> dict[str, Any]:
    paper = paper_of(document.locale)
    language, _, region = document.locale.partition("-")
    return {
        "title": _words(document.title),
        "name": drawable(document.title),
        "day": drawable(document.day),
        "description": _words(document.description),
        "facts": [[_words(label), _words(value)] for label, value in document.facts],
        "origin": drawable(document.origin),
        "language": language,
        "region": region or None,
        "paper": paper.name,
        "fonts": [FAMILY, cjk_family(document.locale), *FALLBACKS],
        "parts": [_part(part, paper) for part in document.parts],
    }


def _part(part: Part, paper: Paper) -> dict[str, Any]:
    head = {"kind": part.kind, "title": _words(part.title)}
    match part:
        case FiguresPart():
            across = _ACROSS[len(part.figures)]
            longest = max(letters(figure.value) for figure in part.figures)
            return head | {
                "across": across,
                "note": drawable(part.note),
                "size": max(8.0, min(_FIGURE_PT, (paper.upright_pt / across - _CARD_PT) / longest / _DIGIT)),
                "figures": [
                    {
                        "label": _words(figure.label),
                        "value": _words(figure.value),
                        "change": drawable(figure.change),
                        "news": figure.news,
                        "previous": _words(figure.previous),
                    }
                    for figure in part.figures
                ],
            }
        case ChartPart():
            return head | {"note": drawable(part.note), "svg": drawable(part.svg), "alt": drawable(part.alt)}
        case TablePart():
            return head | _table(part, paper)


def _table(part: TablePart, paper: Paper) -> dict[str, Any]:
    spread, apart = spread_out(part, paper), apart_pt(part)
    rows = [[_words(cell) for cell in row] for row in (*part.rows, *((part.totals,) if part.totals else ()))]
    groups = [
        {
            "says": _says(columns, len(part.headings)) if len(spread.groups) > 1 else "",
            "widths": list(widths),
            "apart": [apart[column] for column in columns],
            "right": [part.to_the_right[column] for column in columns],
            "headings": [_words(part.headings[column]) for column in columns],
            "rows": [[row[column] for column in columns] for row in rows],
            "totals": bool(part.totals),
        }
        for columns, widths in zip(spread.groups, spread.widths, strict=True)
    ]
    return {
        "note": drawable(part.note),
        "size": spread.size_pt,
        "wide": spread.turned,
        "breaks": len(groups) > 1 or not _stays_together(part),
        "groups": groups,
    }


def _stays_together(part: TablePart) -> bool:
    """Whether the table surely fits on a page of its own."""
    longest = max((len(cell) for row in part.rows for cell in row), default=0)
    return len(part.rows) <= _ROWS_TOGETHER and longest <= _LETTERS_TOGETHER


def _says(columns: Sequence[int], count: int) -> str:
    return f"Columns {columns[1] + 1} to {columns[-1] + 1} of {count}, beside the first"


def _words(text: str) -> str | dict[str, list[str]]:
    """Text that the fonts can draw; a long word comes in pieces, between which a line may end."""
    text = drawable(text)
    if not _LONG_WORD.search(text):
        return text
    pieces: list[str] = []
    at = 0
    for word in _LONG_WORD.finditer(text):
        pieces += [text[at : word.start()] + word[0][:_PIECE]]
        pieces += [word[0][place : place + _PIECE] for place in range(_PIECE, len(word[0]), _PIECE)]
        at = word.end()
    return {"pieces": [*pieces, text[at:]]}
