"""What a caller may ask for, validated once, and the intake row that it becomes."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Final, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from contract.ids import JobId, ReportType
from contract.refusal import Problem, RefusedError, refusal_of
from contract.report import ReportDefinition, ReportFormat, Scalar
from contract.resources import Resources

PAYLOAD_VERSION: Final = 1
MAX_PARAMS_CHARS: Final = 16_000


class RequestOptions(BaseModel):
    """The knobs of one request; what is left out comes from the report's definition.

    ``cpu`` is in CPU units and ``memory`` in MiB, as Fargate counts them; ``timeout_s`` in seconds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    formats: Annotated[tuple[ReportFormat, ...], Field(min_length=1)] | None = None
    priority: int | None = Field(default=None, ge=0, le=100)
    not_before: AwareDatetime | None = None
    dedupe_key: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    business_date: date | None = None
    cpu: int | None = None
    memory: int | None = None
    timeout_s: int | None = Field(default=None, ge=10, le=86_400)
    max_attempts: int | None = Field(default=None, ge=1, le=10)

    @model_validator(mode="after")
    def _cpu_and_memory_go_together(self) -> Self:
        if (self.cpu is None) != (self.memory is None):
            raise ValueError("cpu and memory go together; give both or neither")
        if self.cpu is not None and self.memory is not None:
            Resources(cpu=self.cpu, memory_mb=self.memory)
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
        RefusedError: naming each option that is unknown or wrong.
    """
    try:
        return RequestOptions.model_validate(dict(given))
    except ValidationError as error:
        raise refusal_of(error, "options") from error


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
    for name in ("timeout_s", "max_attempts", "priority"):
        if (value := getattr(options, name)) is not None:
            changes[name] = value
    return definition.model_copy(update=changes)
