"""What a test of the connections finds: one result per step, and the first step that is broken."""

from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

REPORT_TYPE: Final = "CONNECTION_TEST"
"""The built-in report type whose container tests what it can reach, instead of making a report."""

TEXT_NAME: Final = "connection_test.txt"
JSON_NAME: Final = "connection_test.json"


class StepStatus(StrEnum):
    """How a step went; ``warning`` is broken and not needed, ``not tried`` rests on one that is broken."""

    OK = "ok"
    BROKEN = "broken"
    WARNING = "warning"
    NOT_TRIED = "not tried"


class _Found(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class StepResult(_Found):
    """One step: what was seen, and what to do when it is broken."""

    name: str
    title: str
    status: StepStatus
    seconds: float
    detail: str
    remedy: str | None = None


class ConnectionReport(_Found):
    """All steps in the order in which a job needs them."""

    schema_version: Literal[1] = 1
    status: StepStatus
    first_broken: str | None
    job_id: str
    task_arn: str
    started_at: datetime
    seconds: float
    steps: tuple[StepResult, ...]
