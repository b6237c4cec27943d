"""From a report's rows to its document: kept while they stream by, put together when the last has come."""

from datetime import date
from typing import Final

from contract.presentation import ChartSection, ColumnFormat, KeyFigures, Section, TableSection
from contract.report import ReportDefinition, ReportFormat, Scalar
from runner.arrow import RecordBatch
from runner.documents.chart_part import chart_part
from runner.documents.figures_part import figures_part
from runner.documents.kept import Kept, KeptFigures, KeptPoints, KeptTable, keep
from runner.documents.parts import Document, Part
from runner.documents.table_part import table_part
from runner.failures import WrongDefinitionError
from runner.writers.format import Report, Result
from runner.writers.shown import Shown, heading
from runner.writers.values import NULL, printable

_PLAIN: Final = ColumnFormat()
_DATA_FILES: Final = {
    ReportFormat.CSV: "csv",
    ReportFormat.PARQUET: "parquet",
    ReportFormat.NDJSON: "ndjson",
    ReportFormat.JSON: "json",
}


def sections_of(definition: ReportDefinition) -> tuple[Section, ...]:
    """What a definition's document shows: its sections, or each query's rows when it names none."""
    if definition.sections:
        return definition.sections
    return tuple(TableSection(type="table", query=query.name) for query in definition.queries)


class Collected:
    """Keeps of each query what the document shows."""

    def __init__(self, report: Report, most_cells: int, *, for_phones: bool = False) -> None:
        """Begin with nothing.

        Args:
            report: what the document is about.
            most_cells: how many cells of one table it may show.
            for_phones: whether charts are drawn for them, too.

        Raises:
            WrongDefinitionError: the definition's locale or time zone is unknown (10).
        """
        definition = report.definition
        try:
            self._shown = Shown(definition.locale, definition.time_zone)
        except (LookupError, ValueError) as error:
            raise WrongDefinitionError(
                f"locale {definition.locale} or time zone {definition.time_zone} of the definition is unknown: {error}",
            ) from error
        self._report = report
        self._most_cells = most_cells
        self._for_phones = for_phones
        self._sections = sections_of(definition)
        self._kept: dict[int, Kept] = {}
        self._results: dict[str, Result] = {}
        self._rows: dict[str, int] = {}
        self._now: list[Kept] = []
        self._result: Result | None = None

    def begin(self, result: Result) -> None:
        """The next query's rows follow."""
        name = result.query.name
        self._result, self._results[name], self._rows[name] = result, result, 0
        self._now = []
        for number, section in enumerate(self._sections):
            if section.query == name:
                self._kept[number] = keep(section, result, self._most_cells)
                self._now.append(self._kept[number])

    def write(self, batch: RecordBatch) -> None:
        """Keep what is shown of a batch."""
        if self._result is None:
            raise RuntimeError("rows before the query that they are of")
        self._rows[self._result.query.name] += batch.num_rows
        for kept in self._now:
            match kept:
                case KeptTable():
                    kept.add(batch, self._result, self._shown)
                case KeptPoints() | KeptFigures():
                    kept.add(batch, self._result)

    def rows(self) -> int:
        """All rows that came, of all queries."""
        return sum(self._rows.values())

    def document(self) -> Document:
        """The document, its parts in the order of the sections."""
        report, shown = self._report, self._shown
        day = report.business_date
        return Document(
            title=printable(report.definition.title),
            day="" if day is None else shown.long_day(day),
            description=printable(report.definition.description),
            facts=(*self._parameters(), ("Prepared", shown.instant(report.made_at))),
            origin=f"{report.report_type} \N{MIDDLE DOT} {report.job_id}",
            locale=report.definition.locale,
            direction=shown.direction,
            parts=tuple(self._part(number, section) for number, section in enumerate(self._sections)),
        )

    def _part(self, number: int, section: Section) -> Part:
        result, kept = self._results[section.query], self._kept[number]
        title = printable(section.title or result.query.title or heading(section.query, _PLAIN))
        rows = self._rows[section.query]
        match section, kept:
            case TableSection(), KeptTable():
                return table_part(title, kept, result, rows, self._file_of(section.query), self._shown)
            case ChartSection(), KeptPoints():
                file = self._file_of(section.query)
                return chart_part(title, section, kept, result, rows, file, self._shown, for_phones=self._for_phones)
            case KeyFigures(), KeptFigures():
                return figures_part(printable(section.title), section, kept, result, self._shown)
        raise TypeError(f"section {section.type} was kept as {type(kept).__name__}")

    def _file_of(self, query: str) -> str | None:
        """The file that holds all rows of a query, if the report has one."""
        for kind, ending in _DATA_FILES.items():
            if kind in self._report.definition.formats:
                packed = ".gz" if kind is ReportFormat.CSV and self._report.definition.csv.gzip else ""
                return f"{query}.{ending}{packed}"
        return "report.xlsx" if ReportFormat.XLSX in self._report.definition.formats else None

    def _parameters(self) -> list[tuple[str, str]]:
        definition, given = self._report.definition, self._report.params
        told: list[tuple[str, str]] = []
        in_ranges: set[str] = set()
        for first, last in definition.ranges:
            if first in given and last in given:
                ends = (self._parameter(first, given[first]), self._parameter(last, given[last]))
                told.append(("Period", f"{ends[0]} \N{EN DASH} {ends[1]}"))
                in_ranges |= {first, last}
        told += [
            (heading(name, _PLAIN), self._parameter(name, value))
            for name, value in given.items()
            if name not in in_ranges
        ]
        return told

    def _parameter(self, name: str, value: Scalar) -> str:
        spec = self._report.definition.parameters.get(name)
        if spec is not None and spec.format == "date" and isinstance(value, str):
            return self._shown.text(date.fromisoformat(value), _PLAIN)
        if value is None:
            return "none given"  # whether that means all or nothing, only the query knows
        return self._shown.text(value, _PLAIN) or NULL
