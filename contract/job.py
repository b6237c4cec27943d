"""One job as its rows say it: what was asked for, and how far it has come."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter

from contract.ids import JobId, ReportType
from contract.report import Scalar
from contract.states import JobState


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """An open job as the executor holds it: the RUN row of the intake joined with its state row.

    Thousands of them are held at once, so it is of the kind that takes the least memory; what comes from outside is
    read by :func:`job_row`.
    """

    request_id: str
    job_id: JobId
    report_type: ReportType
    report_version: int
    params: dict[str, Scalar]
    options: dict[str, Any] = field(default_factory=dict)
    business_date: date | None = None
    priority: int
    requested_by: str
    trace_id: str
    enqueued_at: datetime

    status: JobState
    attempt: int
    launch_try: int
    status_rank: int
    claim_id: str | None = None
    due_at: datetime | None = None
    start_deadline_at: datetime | None = None
    deadline_at: datetime | None = None
    launch_token: str | None = None
    launch_profile: str | None = None
    task_arn: str | None = None
    capacity_provider: str | None = None
    cpu: int | None = None
    memory_mb: int | None = None
    interruptions: int = 0
    refusals: int = 0
    waits_since: datetime | None = None
    user_failures: int = 0
    infra_failures: int = 0
    claimed_at: datetime | None = None
    launched_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    result_uri: str | None = None
    failure_class: str | None = None
    cause_id: str | None = None
    cost_usd: float | None = None
    peak_memory_mb: float | None = None
    rows_out: int | None = None
    bytes_out: int | None = None

    spoiled: str | None = None
    """Why the row could not be read, if so; such a job is never launched."""

    @property
    def progress(self) -> tuple[int, int, int]:
        """How far the job is; a row only ever moves up in this order."""
        return (self.attempt, self.launch_try, self.status_rank)

    @property
    def marks(self) -> dict[str, Any]:
        """What a line of the log about this job carries, so that it can be found by job, attempt and trace."""
        return {"job_id": self.job_id, "attempt": self.attempt, "trace_id": self.trace_id}


_ROWS = TypeAdapter(JobRow)


def job_row(values: Mapping[str, Any]) -> JobRow:
    """A job of these values, each looked at; what a row holds besides is left out.

    Raises:
        ValueError: with everything that cannot be read.
    """
    return _ROWS.validate_python(dict(values))
