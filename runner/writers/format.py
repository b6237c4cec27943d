"""What every format is: a writer that takes results batch by batch and opens files at an outlet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from contract.presentation import ColumnFormat
from contract.report import Query, ReportDefinition, ReportFormat, Scalar
from runner.arrow import DataType, RecordBatch


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a result.

    Attributes:
        name: as data files show it.
        is_json: whether its text is JSON (VARIANT and kin).
        look: how people see it.
        type: the Arrow type that holds every value of it; a batch may come in a narrower one. None where nobody said.
        kind: Snowflake's word for its type, for example ``VARIANT``.
    """

    name: str
    is_json: bool = False
    look: ColumnFormat = field(default_factory=ColumnFormat)
    type: DataType = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says about itself on its cover: definition, parameters, the day it is about, when it was made."""

    report_type: str
    definition: ReportDefinition
    params: Mapping[str, Scalar]
    business_date: date | None
    made_at: datetime
    job_id: str


@dataclass(frozen=True, slots=True)
class Result:
    """One query's answer: the query, and its columns in order."""

    query: Query
    columns: tuple[Column, ...]


class ByteSink(Protocol):
    """Where a writer puts its bytes."""

    def write(self, data: bytes | memoryview, /) -> int:
        """Take all of the bytes."""
        ...


class UnfitError(ValueError):
    """A format cannot hold a result; the message names the column and says what to do."""


class OpenFile(ByteSink, Protocol):
    """A file of the report on its way to where it is kept."""

    def close(self, rows: int) -> None:
        """End the file, which holds this many rows."""
        ...


class Outlet(Protocol):
    """Where a report's files go."""

    def open(self, name: str, kind: ReportFormat, content_type: str, query: str | None) -> OpenFile:
        """Begin a file; ``query`` is None when it holds the whole report."""
        ...


class ReportWriter(Protocol):
    """Writes a report in one format, query after query, rows as they come.

    Per query ``begin``, ``write`` any number of times and ``end``; ``finish`` once after the last. It opens its files
    at the outlet when it has something to write, and closes each.
    """

    def __init__(self, outlet: Outlet, report: Report) -> None:
        """Write the report's files to the outlet."""
        ...

    def begin(self, result: Result) -> None:
        """The next query's rows follow."""
        ...

    def write(self, batch: RecordBatch) -> None:
        """Write the rows of one batch."""
        ...

    def end(self) -> None:
        """The query has no further rows."""
        ...

    def finish(self) -> None:
        """The report has no further queries."""
        ...
