"""Names that tie a job's row, its task and its files together: job id, launch token, startedBy, prefix.

Every name here is a pure function of its arguments, so that any executor, at any time, finds again what an
earlier one started. The lengths come from AWS: ``clientToken`` takes 64 characters, ``startedBy`` 128
(ECS API reference, RunTask).
"""

import hashlib
from datetime import date
from typing import Annotated, Final

from pydantic import StringConstraints

INSTALLATION_PATTERN: Final = r"^[a-z][a-z0-9-]{0,23}$"
BUCKET_PATTERN: Final = r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"
JOB_ID_PATTERN: Final = r"^[A-Za-z0-9_-]{1,80}$"
REPORT_TYPE_PATTERN: Final = r"^[A-Z][A-Z0-9_]{0,39}$"
RESULT_PREFIX_PATTERN: Final = "/".join(
    (
        "^reports",
        REPORT_TYPE_PATTERN.strip("^$"),
        "(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|adhoc)",
        JOB_ID_PATTERN.strip("^$"),
        "[1-9][0-9]{0,8}",
        "$",
    )
)
"""What :func:`result_prefix` makes."""

Installation = Annotated[str, StringConstraints(pattern=INSTALLATION_PATTERN)]
Bucket = Annotated[str, StringConstraints(pattern=BUCKET_PATTERN)]
JobId = Annotated[str, StringConstraints(pattern=JOB_ID_PATTERN)]
ReportType = Annotated[str, StringConstraints(pattern=REPORT_TYPE_PATTERN)]


def _digest(*parts: str | int) -> str:
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()


def calendar_job_id(installation: str, report_type: str, period: date, so_far: date | None = None) -> str:
    """The one job id of a report type and period, whoever asks and however often.

    Args:
        installation: the installation's name.
        report_type: the type.
        period: the first day of the period.
        so_far: the day of asking, when the period has not ended: a report of a part must not stand for the whole.
    """
    part = f"_to_{so_far.isoformat()}" if so_far else ""
    digest = _digest(installation, report_type, period.isoformat() + part)[:12]
    return f"{report_type}_{period.isoformat()}{part}_{digest}"


def adhoc_job_id(report_type: str, request_id: str) -> str:
    """The job id of a request that nobody named: the type, and what makes the request unique."""
    return f"{report_type}_{_digest(report_type, request_id)[:20]}"


def launch_token(installation: str, job_id: str, attempt: int, launch_try: int) -> str:
    """The ``clientToken`` of one launch: the same for a replay, new for the next try (64 characters)."""
    return _digest("launch", installation, job_id, attempt, launch_try)


def started_by(installation: str, job_id: str, attempt: int) -> str:
    """What ``ListTasks(startedBy=…)`` finds the tasks of one attempt by (at most 128 characters)."""
    return f"reporting/{installation}/{job_id}/{attempt}"


def result_prefix(report_type: str, business_date: date | None, job_id: str, attempt: int) -> str:
    """The folder of one attempt in the bucket, with a slash at its end."""
    day = business_date.isoformat() if business_date else "adhoc"
    return f"reports/{report_type}/{day}/{job_id}/{attempt}/"


def latest_key(report_type: str) -> str:
    """The key of the file that points at the newest result of a type."""
    return f"reports/{report_type}/latest.json"
