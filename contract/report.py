"""What a report is: its parameters, its queries, its files and the task it needs.

A definition lives in ``REPORT_TYPES`` under a version that never changes, so a job runs with the definition it
was asked with, whatever is defined later.

Reading is lenient: a definition that a newer version wrote may say more than this one knows, and is read without it.
Defining is strict: :mod:`contract.definition` refuses what is not known.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from contract import patterns
from contract.binding import MOMENT, binds
from contract.presentation import ColumnFormat, ColumnName, CsvOptions, Name, Section, Title
from contract.relative_dates import resolve_date
from contract.resources import Capacity, Resources

Scalar = str | int | float | bool | None

_KINDS: Final[dict[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}
_ANY_DAY: Final = date(2000, 1, 1)


class ReportFormat(StrEnum):
    """A file format that the runner writes."""

    CSV = "csv"
    NDJSON = "ndjson"
    JSON = "json"
    PARQUET = "parquet"
    XLSX = "xlsx"
    HTML = "html"
    PDF = "pdf"


def _each_once(formats: tuple[ReportFormat, ...]) -> tuple[ReportFormat, ...]:
    # A format said twice means one file, not two that get into each other's way.
    return tuple(dict.fromkeys(formats))


Formats = Annotated[tuple[ReportFormat, ...], Field(min_length=1), AfterValidator(_each_once)]


class Cadence(StrEnum):
    """How often the calendar asks for a report by itself."""

    DAILY = "daily"
    BUSINESS_DAYS = "business_days"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


class ParameterSpec(BaseModel):
    """One parameter, in the words of JSON Schema; ``default`` of a date may be relative (``start_of_month``)."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    type: Literal["string", "integer", "number", "boolean"]
    format: Literal["date"] | None = None
    description: str = ""
    default: Scalar = None
    enum: tuple[Scalar, ...] | None = None
    minimum: float | None = None
    maximum: float | None = None
    min_length: int = Field(default=0, alias="minLength", ge=0)
    max_length: int = Field(default=200, alias="maxLength", ge=1, le=4000)

    @model_validator(mode="after")
    def _a_date_is_a_string(self) -> Self:
        if self.format == "date" and self.type != "string":
            raise ValueError("format date goes with type string")
        return self

    @model_validator(mode="after")
    def _the_default_is_a_value_of_the_parameter(self) -> Self:
        # A wrong default would fail at every CALL that leaves the parameter out, far from whoever wrote it.
        if self.default is None:
            return self
        kinds = _KINDS[self.type]
        if not isinstance(self.default, kinds) or (isinstance(self.default, bool) and self.type != "boolean"):
            raise ValueError(f"default {self.default!r} is not of type {self.type}")
        if self.format == "date" and isinstance(self.default, str):
            resolve_date(self.default, _ANY_DAY)
        if self.enum is not None and self.default not in self.enum:
            raise ValueError(f"default {self.default!r} is not in enum")
        return self


class Query(BaseModel):
    """One SELECT with named binds (``:start_date``); its rows become one file per format."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: Name
    sql: str = Field(min_length=1, max_length=100_000)
    title: Title = ""
    columns: dict[ColumnName, ColumnFormat] = {}


class ReportDefinition(BaseModel):
    """A report type: everything that a job needs besides its parameters.

    ``due`` is the local time, on the day after the period, at which a report of the calendar should be there.
    ``locale`` and ``time_zone`` are how numbers, dates and instants are shown in spreadsheets and documents; the
    calendar counts days in that zone, too. ``shared`` says whether everybody who may ask for reports sees its jobs;
    None is yes with a cadence and no without. With ``one_moment`` the bind ``:_moment`` is one time for all queries;
    without, it is the start of each, and ``AT(TIMESTAMP => :_moment)`` is left out. ``task_definition`` names a
    container that makes the report instead of the product's own; such a report may have no queries.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    title: str = Field(min_length=1, max_length=200)
    description: str = Field(default="", max_length=2000)
    cadence: Cadence | None = None
    due: Annotated[str, StringConstraints(pattern=patterns.TIME_OF_DAY)] | None = None
    enabled: bool = True
    shared: bool | None = None
    parameters: dict[Name, ParameterSpec] = {}
    required: tuple[Name, ...] = ()
    ranges: tuple[tuple[Name, Name], ...] = ()
    queries: tuple[Query, ...] = Field(default=(), max_length=50)
    sections: tuple[Section, ...] = Field(default=(), max_length=50)
    formats: Formats = (ReportFormat.CSV, ReportFormat.JSON)
    csv: CsvOptions = CsvOptions()
    locale: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")] = "en-US"
    time_zone: Annotated[str, StringConstraints(max_length=64)] = "UTC"
    one_moment: bool = True
    task_definition: Annotated[str, StringConstraints(pattern=patterns.TASK_DEFINITION)] | None = None
    resources: Resources = Resources()
    capacity: Capacity | None = None
    timeout_s: int = Field(default=900, ge=10, le=86_400)
    priority: int = Field(default=50, ge=0, le=100)
    max_attempts: int = Field(default=3, ge=1, le=10)
    max_running: int | None = Field(default=None, ge=1, le=10_000)

    @model_validator(mode="after")
    def _only_the_calendar_has_a_due_time(self) -> Self:
        if self.due is not None and self.cadence is None:
            raise ValueError("due goes with a cadence")
        return self

    @model_validator(mode="after")
    def _names_exist_once(self) -> Self:
        names = [query.name for query in self.queries]
        if not (names or self.task_definition):
            raise ValueError("queries: a report has at least one, unless task_definition names a container of its own")
        if absent := sorted({section.query for section in self.sections} - set(names)):
            raise ValueError(f"sections: {', '.join(absent)}: no query has that name")
        if len(set(names)) != len(names):
            raise ValueError("queries: every name stands once")
        used = {*self.required, *(name for pair in self.ranges for name in pair)}
        used |= {name for query in self.queries for name in binds(query.sql) if name != MOMENT}
        if undated := sorted(
            {n for pair in self.ranges for n in pair if n in self.parameters and self.parameters[n].format is None}
        ):
            raise ValueError(f"{', '.join(undated)}: a range goes from date to date")
        if unknown := sorted(used - set(self.parameters)):
            raise ValueError(f"{', '.join(unknown)}: used, but not among the parameters")
        return self
