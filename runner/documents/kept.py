"""What a document keeps of a query's rows while they stream by: no more than its sections show, whatever comes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from contract.presentation import ChartSection, ColumnKind, KeyFigures, Section, TableSection
from runner.arrow import DataType, RecordBatch, pa
from runner.failures import WrongDefinitionError
from runner.writers.format import Column, Result
from runner.writers.shown import Shown
from runner.writers.totals import Total
from runner.writers.values import is_number, is_numeric, values

MOST_COLUMNS: Final = 250
MOST_POINTS: Final = 2_000
"""Rows that one chart is drawn from."""

LONGEST_CELL: Final = 1_000
"""Characters of one cell that a document shows."""


def shortened(text: str) -> str:
    """A cell's text, cut with a word on how much is missing."""
    if len(text) <= LONGEST_CELL:
        return text
    return f"{text[:LONGEST_CELL]}\N{HORIZONTAL ELLIPSIS} [{len(text) - LONGEST_CELL} more characters]"


def places(names: Iterable[str], result: Result, what: str) -> tuple[int, ...]:
    """Where columns stand in a result.

    Raises:
        WrongDefinitionError: a section names a column that its query does not have (10).
    """
    there = {column.name.lower(): place for place, column in enumerate(result.columns)}
    wanted = [name.lower() for name in names]
    if absent := [name for name in wanted if name not in there]:
        raise WrongDefinitionError(
            f"{what} of query {result.query.name}: it has no column {', '.join(absent)}; it has {', '.join(there)}",
            query=result.query.name,
        )
    return tuple(there[name] for name in wanted)


@dataclass(slots=True)
class KeptTable:
    """The first rows of a table as text, and the totals of all of them."""

    places: tuple[int, ...]
    most: int
    totals: tuple[Total | None, ...]
    to_the_right: list[bool]
    on_one_line: list[bool]
    rows: list[tuple[str, ...]] = field(default_factory=list)

    def add(self, batch: RecordBatch, result: Result, shown: Shown) -> None:
        """Take what there is room for from a batch."""
        for total, place in zip(self.totals, self.places, strict=True):
            if total is not None:
                total.add(batch.column(place))
        part = batch.slice(0, self.most - len(self.rows))
        columns: list[list[str]] = []
        for number, place in enumerate(self.places):
            column = result.columns[place]
            found = values(part.column(place), column)
            self.to_the_right[number], self.on_one_line[number] = _stands(column, part.column(place).type)
            columns.append([shortened(shown.text(value, column.look)) for value in found])
        self.rows.extend(zip(*columns, strict=True))


@dataclass(slots=True)
class KeptPoints:
    """The first rows of a chart: where each stands, its values, and the name of its series."""

    places: tuple[int, ...]
    rows: list[tuple[Any, ...]] = field(default_factory=list)

    def add(self, batch: RecordBatch, result: Result) -> None:
        """Take what there is room for from a batch."""
        part = batch.slice(0, MOST_POINTS - len(self.rows))
        columns = [values(part.column(place), result.columns[place]) for place in self.places]
        self.rows.extend(tuple(map(_bounded, row)) for row in zip(*columns, strict=True))


@dataclass(slots=True)
class KeptFigures:
    """The first row of a query, by column."""

    places: tuple[int, ...]
    row: dict[int, Any] | None = None

    def add(self, batch: RecordBatch, result: Result) -> None:
        """Take the first row there is."""
        if self.row is None and batch.num_rows:
            first = batch.slice(0, 1)
            self.row = {place: values(first.column(place), result.columns[place])[0] for place in self.places}


Kept = KeptTable | KeptPoints | KeptFigures


def keep(section: Section, result: Result, most_cells: int) -> Kept:
    """An empty keeper of what a section shows of a result, of a table at most so many cells.

    Raises:
        WrongDefinitionError: the section names a column that is not there, or has more columns than a document shows
            (10).
    """
    what = f"section {section.title or section.type}"
    match section:
        case TableSection():
            return _table(section, result, what, most_cells)
        case ChartSection():
            split = () if section.series is None else (section.series,)
            return KeptPoints(places((section.x, *section.y, *split), result, what))
        case KeyFigures():
            figures = [name for figure in section.figures for name in (figure.value, figure.previous) if name]
            return KeptFigures(places(figures, result, what))


def _table(section: TableSection, result: Result, what: str, most_cells: int) -> KeptTable:
    names = section.columns or tuple(column.name for column in result.columns)
    if len(names) > MOST_COLUMNS:
        raise WrongDefinitionError(
            f"{what} of query {result.query.name}: {len(names)} columns, and documents show up to {MOST_COLUMNS}; "
            "name those to show in columns, or leave html and pdf out of formats",
            query=result.query.name,
        )
    found = places(names, result, what)
    columns = [result.columns[place] for place in found]
    totals = tuple(None if column.look.total is None else Total(column.look.total) for column in columns)
    # Before the first row, and where there is none, as the query says its columns.
    stand = [_stands(column, column.type) for column in columns]
    most = min(section.max_rows, max(1, most_cells // len(found)))
    return KeptTable(found, most, totals, [right for right, _ in stand], [one for _, one in stand])


def _stands(column: Column, kind: DataType) -> tuple[bool, bool]:
    """Whether a column's cells stand to the right, and whether each is on one line."""
    numeric = kind is not None and is_numeric(kind)
    whole = numeric or (kind is not None and bool(pa.types.is_temporal(kind)))
    return numeric and column.look.kind is not ColumnKind.TEXT, whole


def _bounded(value: Any) -> Any:
    known = value is None or is_number(value) or isinstance(value, date | datetime | Decimal)
    return value if known else str(value)[:LONGEST_CELL]
