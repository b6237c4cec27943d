"""What a caller may ask for, validated once, and the intake row that it becomes."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Final, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from contract.ids import JobId, ReportType
from contract.refusal import Problem, RefusedError, refusal_of, shown
from contract.report import Formats, ReportDefinition, Scalar
from contract.resources import Capacity, Resources, check_pair

PAYLOAD_VERSION: Final = 1
MAX_PARAMS_CHARS: Final = 16_000


_MOMENT: Final = re.compile(
    r"^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?))? ?(Z|[+-]\d\d(?::?\d\d)?)?$"
)


def _whole(value: object) -> object:
    if isinstance(value, bool | str):
        raise ValueError(f"{shown(value)} is not a whole number")  # noqa: TRY004 - pydantic takes ValueErrors
    return value


def _moment(value: object) -> object:
    # As Snowflake writes its timestamps, and as people do; without a zone it is UTC, as every time here.
    found = _MOMENT.match(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"{shown(value)} is not a time; write it as 2026-12-01T06:00:00Z")
    day, time, zone = found.groups()
    clock, _, fraction = (time or "00:00").partition(".")
    offset = "+00:00" if zone in {None, "Z"} else zone.replace(":", "")[:3] + ":" + (zone.replace(":", "")[3:] or "00")
    return f"{day}T{clock}{'.' + fraction[:6] if fraction else ''}{offset}"


def _day(value: object) -> object:
    if isinstance(value, date) or (isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value)):
        return value
    raise ValueError(f"{shown(value)} is not a date; write it as YYYY-MM-DD")


Whole = Annotated[int, BeforeValidator(_whole)]


class RequestOptions(BaseModel):
    """The knobs of one request; what is left out comes from the report's definition.

    ``cpu`` is in CPU units and ``memory`` in MiB, as Fargate counts them; ``timeout_s`` in seconds; ``not_before`` is
    a time, UTC unless it has a zone of its own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    formats: Formats | None = None
    priority: Annotated[Whole, Field(ge=0, le=100)] | None = None
    not_before: Annotated[AwareDatetime, BeforeValidator(_moment)] | None = None
    dedupe_key: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    business_date: Annotated[date, BeforeValidator(_day)] | None = None
    cpu: Whole | None = None
    memory: Whole | None = None
    capacity: Capacity | None = None
    timeout_s: Annotated[Whole, Field(ge=10, le=86_400)] | None = None
    max_attempts: Annotated[Whole, Field(ge=1, le=10)] | None = None

    @model_validator(mode="after")
    def _cpu_and_memory_go_together(self) -> Self:
        if (self.cpu is None) != (self.memory is None):
            raise ValueError("cpu and memory go together; give both or neither")
        if self.cpu is not None and self.memory is not None:
            check_pair(self.cpu, self.memory)
        return self


class RunRequest(BaseModel):
    """A RUN row of ``JOB_INTAKE``: everything a job needs, checked before it is written."""

    model_config = ConfigDict(frozen=True)

    request_id: str
    job_id: JobId
    report_type: ReportType
    report_version: int
    params: dict[str, Scalar]
    options: RequestOptions = RequestOptions()
    priority: int
    not_before: datetime | None = None
    dedupe_key: str | None = None
    business_date: date | None = None
    retry_of: str | None = None
    source: str
    trace_id: str


def parse_options(given: Mapping[str, Any]) -> RequestOptions:
    """The options of a request.

    Raises:
        RefusedError: naming each option that is unknown or wrong, and those that do not go together.
    """
    try:
        return RequestOptions.model_validate(dict(given))
    except ValidationError as error:
        raise RefusedError(list(dict.fromkeys([*_problems(error), *_of_size(given)]))) from error


def _problems(error: ValidationError) -> tuple[Problem, ...]:
    return refusal_of(error, "options", list(RequestOptions.model_fields)).problems


def _of_size(given: Mapping[str, Any]) -> tuple[Problem, ...]:
    # What goes together is only looked at when every field is right, so these two are looked at by themselves.
    try:
        RequestOptions.model_validate({name: given[name] for name in ("cpu", "memory") if name in given})
    except ValidationError as error:
        return _problems(error)
    return ()


def kept_options(kept: Mapping[str, Any]) -> RequestOptions:
    """The options of a request that was accepted already.

    Those that nobody knows here are passed over: during an upgrade the procedures are newer than the executor, and a
    job must not fail for a knob that this executor does not turn.

    Raises:
        RefusedError: naming each option with a value that cannot be understood.
    """
    return parse_options({name: value for name, value in kept.items() if name in RequestOptions.model_fields})


def check_size(params: Mapping[str, Scalar]) -> None:
    """Refuse parameters that are too long to travel.

    Raises:
        RefusedError: when they take more than 16,000 characters together.
    """
    length = sum(len(name) + len(str(value)) for name, value in params.items())
    if length > MAX_PARAMS_CHARS:
        raise RefusedError([Problem("params", f"take {length} characters; {MAX_PARAMS_CHARS} is the most")])


def effective_definition(definition: ReportDefinition, options: RequestOptions) -> ReportDefinition:
    """The definition as this one job runs it: the request's options laid over it."""
    changes: dict[str, Any] = {}
    if options.formats is not None:
        changes["formats"] = options.formats
    if options.cpu is not None and options.memory is not None:
        changes["resources"] = Resources(cpu=options.cpu, memory_mb=options.memory)
    for name in ("timeout_s", "max_attempts", "priority", "capacity"):
        if (value := getattr(options, name)) is not None:
            changes[name] = value
    return definition.model_copy(update=changes)
