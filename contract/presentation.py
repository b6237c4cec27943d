"""How a report looks to a person: column titles and formats, key figures, tables and charts, file options."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from contract import patterns

Name = Annotated[str, StringConstraints(pattern=patterns.NAME)]
ColumnName = Annotated[str, StringConstraints(min_length=1, max_length=255)]
"""A result's column as Snowflake names it; capitals do not matter."""

Title = Annotated[str, StringConstraints(max_length=200)]


class _Said(BaseModel):
    # A definition of a newer version may say more than this reader knows; what defines one looks for unknown keys.
    model_config = ConfigDict(frozen=True, extra="ignore")


class ColumnKind(StrEnum):
    """What a column's values are to a person; a month is a date of which the day says nothing."""

    TEXT = "text"
    NUMBER = "number"
    CURRENCY = "currency"
    PERCENT = "percent"
    DATE = "date"
    MONTH = "month"
    TIMESTAMP = "timestamp"


class ColumnFormat(_Said):
    """How one column is shown in spreadsheets and documents; data files keep the values as they are.

    ``kind`` left out follows from the column's type. ``decimals`` are places shown, ``currency`` an ISO 4217 code,
    ``fraction`` says that 0.25 means 25 % (otherwise 25 does), ``width`` counts characters, ``total`` is what the last
    line of a table shows for the column.
    """

    title: Title = ""
    kind: ColumnKind | None = None
    decimals: int | None = Field(default=None, ge=0, le=12)
    currency: Annotated[str, StringConstraints(pattern=patterns.CURRENCY)] | None = None
    fraction: bool = False
    width: int | None = Field(default=None, ge=1, le=255)
    total: Literal["sum", "average", "min", "max", "count"] | None = None

    @model_validator(mode="after")
    def _only_money_has_a_currency(self) -> Self:
        if (self.currency is not None) != (self.kind is ColumnKind.CURRENCY):
            raise ValueError("currency goes with kind currency, as an ISO 4217 code such as EUR")
        if self.fraction and self.kind is not ColumnKind.PERCENT:
            raise ValueError("fraction goes with kind percent")
        return self


class KeyFigure(_Said):
    """One number of a section of key figures: a column of the query's first row.

    ``previous`` names the column that holds the same figure of the period before; ``good`` says which way is good news.
    """

    label: Title
    value: ColumnName
    previous: ColumnName | None = None
    good: Literal["up", "down"] = "up"


class KeyFigures(_Said):
    """A row of key figures with their change since the period before; formats are those of the query's columns."""

    type: Literal["key_figures"]
    title: Title = ""
    query: Name
    figures: tuple[KeyFigure, ...] = Field(min_length=1, max_length=12)
    compared_with: Title = "previous period"


class TableSection(_Said):
    """A query's rows as a table; ``columns`` left out are all, ``max_rows`` bounds what a document shows."""

    type: Literal["table"]
    title: Title = ""
    query: Name
    columns: tuple[ColumnName, ...] = ()
    max_rows: int = Field(default=1000, ge=1, le=10_000)


class ChartKind(StrEnum):
    """The drawing of a chart."""

    LINE = "line"
    BAR = "bar"
    STACKED_BAR = "stacked_bar"
    AREA = "area"


class ChartSection(_Said):
    """A query's rows as a chart: along ``x``, one line or bar per column of ``y`` or per value of ``series``."""

    type: Literal["chart"]
    title: Title = ""
    kind: ChartKind
    query: Name
    x: ColumnName
    y: tuple[ColumnName, ...] = Field(min_length=1, max_length=12)
    series: ColumnName | None = None

    @model_validator(mode="after")
    def _series_split_one_column(self) -> Self:
        if self.series is not None and len(self.y) > 1:
            raise ValueError("series splits one column of y; name one, or leave series out")
        return self


Section = Annotated[KeyFigures | TableSection | ChartSection, Field(discriminator="type")]


class CsvOptions(_Said):
    """How CSV files are written: the character between fields, and whether they are compressed (``.csv.gz``)."""

    delimiter: Literal[",", ";", "\t", "|"] = ","
    gzip: bool = False
