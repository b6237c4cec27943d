"""What a job's row says, and waiting for its end."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from snowflake.snowpark import Session

from contract.refusal import refuse, shown
from contract.states import TERMINAL, JobState
from snowpark_procs.progress import progress
from snowpark_procs.running import so_far
from snowpark_procs.statements import run, variant

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 5.0
_VARIANTS = ("params", "options")


def report_status(session: Session, job_id: str | None) -> dict[str, Any]:
    """A job as the view ``JOBS`` has it; a duplicate's answer is its original's.

    Raises:
        RefusedError: there is no such job.
    """
    row = _row(session, job_id)
    if row["status"] == JobState.DUPLICATE and row["duplicate_of"] not in {None, job_id}:
        return _row(session, row["duplicate_of"]) | {"asked_for": job_id}
    return row


def told(session: Session, job_id: str | None) -> dict[str, Any]:
    """A job as :func:`report_status` has it, with ``progress``: how far it is, NULL once it has ended.

    Raises:
        RefusedError: there is no such job.
    """
    return _with_progress(session, report_status(session, job_id))


def _with_progress(session: Session, row: dict[str, Any]) -> dict[str, Any]:
    if row["status"] in TERMINAL:
        return row | {"progress": None}
    now: datetime = run(session, "now")[0]["now"]
    seconds = run(session, "typical_seconds", report_type=row["report_type"])[0]["seconds"]
    usual = None if seconds is None else float(seconds)
    return row | {"progress": progress(row, now.replace(tzinfo=UTC), usual, so_far(session, row))}


def _row(session: Session, job_id: str | None) -> dict[str, Any]:
    rows = run(session, "job_for_caller", job_id=job_id)
    if not rows:
        raise refuse("job_id", f"{shown(job_id)} is not the id of a job that you may see; the view jobs lists them")
    return {key: variant(value) if key in _VARIANTS else _plain(value) for key, value in rows[0].items()}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).isoformat(timespec="milliseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def wait_for_report(
    session: Session,
    job_id: str | None,
    timeout_s: int | None,
    *,
    sleep: Callable[[float], None] = time.sleep,
    monotonic_s: Callable[[], float] = time.monotonic,
) -> dict[str, Any]:
    """Wait until a job has ended, or the time is up; then its status, with ``progress`` and ``timed_out``.

    Raises:
        RefusedError: no such job, a time-out out of range, or an open transaction, inside which the job's row was
            not even committed and nobody would ever see it.
    """
    if timeout_s is None or not 0 <= timeout_s <= 86_400:
        raise refuse("timeout_s", f"{shown(timeout_s)} is not between 0 and 86400 seconds")
    if run(session, "current_transaction")[0]["transaction_id"] is not None:
        raise refuse("transaction", "is open, so the job was not even committed; COMMIT first, then wait")
    until_s, pause_s = monotonic_s() + timeout_s, FIRST_PAUSE_S
    while True:
        status = report_status(session, job_id)
        if status["status"] in TERMINAL:
            return status | {"progress": None, "timed_out": False}
        left_s = until_s - monotonic_s()
        if left_s <= 0:
            return _with_progress(session, status) | {"timed_out": True}
        sleep(min(pause_s, left_s))
        pause_s = min(LONGEST_PAUSE_S, pause_s * 1.5)
