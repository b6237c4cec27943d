"""HTML: one page that needs nothing besides itself, for a screen of any size and for print."""

from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from contract.report import ReportFormat
from runner.arrow import RecordBatch
from runner.documents.collected import Collected
from runner.documents.parts import TablePart
from runner.writers.format import Outlet, Report, Result

_CONTENT_TYPE: Final = "text/html; charset=utf-8"
# Some five megabytes, which a phone still opens.
_MOST_CELLS: Final = 50_000
_NUMBER: Final = Markup(' class="n"')
_WHOLE: Final = Markup(' class="one"')
_TEXT: Final = Markup(' class="text"')
_PROSE: Final = Markup(' class="prose"')
# Letters up to which a column's texts stay on one line, and from which they are read as sentences.
_SHORT: Final = 14
_LONG: Final = 120


class HtmlWriter:
    """Writes the whole report as ``report.html``."""

    def __init__(self, outlet: Outlet, report: Report) -> None:
        """Write to the outlet when the last query has ended."""
        self._outlet = outlet
        self._collected = Collected(report, _MOST_CELLS, for_phones=True)

    def begin(self, result: Result) -> None:
        """The next query's rows follow."""
        self._collected.begin(result)

    def write(self, batch: RecordBatch) -> None:
        """Keep what the page shows of a batch."""
        self._collected.write(batch)

    def end(self) -> None:
        """Do nothing: what was kept waits for the other queries."""

    def finish(self) -> None:
        """Write the page."""
        template, style = _template()
        file = self._outlet.open("report.html", ReportFormat.HTML, _CONTENT_TYPE, None)
        for text in template.generate(document=self._collected.document(), style=style):
            file.write(text.encode())
        file.close(self._collected.rows())


def _classes(part: TablePart) -> list[Markup]:
    """How the columns' cells stand: numbers to the right, dates and short texts on one line."""
    return [
        _NUMBER if right else _WHOLE if one else _by_length(max((len(row[column]) for row in part.rows), default=0))
        for column, (right, one) in enumerate(zip(part.to_the_right, part.on_one_line, strict=True))
    ]


def _by_length(longest: int) -> Markup:
    return _WHOLE if longest <= _SHORT else _TEXT if longest <= _LONG else _PROSE


@cache
def _template() -> tuple[Template, Markup]:
    # Every text is escaped on its way into the page; besides its style only drawings are markup, and the compiler
    # that makes them has escaped theirs.
    loader = PackageLoader("runner", "documents")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.filters["drawing"] = Markup
    environment.filters["classes"] = _classes
    style = Markup(loader.get_source(environment, "report.css")[0])  # noqa: S704 - our own file
    return environment.get_template("report.html.j2"), style
