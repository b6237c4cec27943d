"""Everything worth recording in the life of a job, by stable name."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from contract.manifest import Manifest
from contract.outcome import Verdict


class JobEvent(StrEnum):
    """The name of one step, as ``JOB_EVENTS`` and the log call it."""

    LAUNCH_INTENDED = "launch_intended"
    LAUNCHED = "launched"
    LAUNCH_REFUSED = "launch_refused"
    LAUNCH_THROTTLED = "launch_throttled"
    LAUNCH_UNANSWERED = "launch_unanswered"
    STARTED = "started"
    STOPPED = "stopped"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    RETRY_PLANNED = "retry_planned"
    CANCEL_ASKED = "cancel_asked"
    CANCELLED = "cancelled"


class Event(BaseModel):
    """One row of ``JOB_EVENTS``. ``event_id`` is the same for a replay, so the views count it once."""

    model_config = ConfigDict(frozen=True)

    event_id: str
    job_id: str
    attempt: int
    event: JobEvent
    detail: dict[str, Any] = {}
    at: datetime


class AttemptResult(BaseModel):
    """One row of ``JOB_RESULTS``: an ended attempt, with what it left and what was made of it.

    ``start_s`` goes from the claim to the container's start, ``pull_s`` is the pull of the image, ``run_s`` the run.
    """

    model_config = ConfigDict(frozen=True)

    request_id: str
    job_id: str
    attempt: int
    exit_code: int | None
    stop_code: str | None
    stop_reason: str | None
    verdict: Verdict | None
    error: str | None
    log_tail: str | None
    manifest: Manifest | None
    start_s: float | None = None
    pull_s: float | None = None
    run_s: float | None = None
    cost_usd: float | None = None
    at: datetime
