"""What the container is told: one JSON document in its environment, or in S3 when it is long."""

from datetime import date
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from contract.ids import Installation, JobId, ReportType
from contract.report import ReportDefinition, Scalar

SPEC_ENV: Final = "REPORTING_TASK_SPEC"
SPEC_URI_ENV: Final = "REPORTING_TASK_SPEC_URI"


class TaskSpec(BaseModel):
    """The order for one attempt. Unknown fields are passed over, so that an older runner reads a newer spec."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    schema_version: Literal[1] = 1
    installation: Installation
    job_id: JobId
    attempt: int
    report_type: ReportType
    report_version: int
    business_date: date | None
    params: dict[str, Scalar]
    definition: ReportDefinition
    bucket: str
    prefix: str
    trace_id: str
    requested_by: str


def spec_key(prefix: str) -> str:
    """Where a spec lies that is too long for the environment."""
    return f"{prefix}task_spec.json"
