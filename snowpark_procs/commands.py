"""Orders besides reports: cancel, pause, resume, prune; and making an ended report again.

Each is a row of the intake. The leading executor carries it out; nothing here changes a job.
"""

import json
from typing import Any
from uuid import uuid4

from snowflake.snowpark import Session

from contract.commands import ALL_TYPES, MAX_KEEP_DAYS, MIN_KEEP_DAYS, CommandKind
from contract.refusal import refuse, shown
from contract.request import PAYLOAD_VERSION
from contract.states import TERMINAL, JobState
from snowpark_procs import enqueue, status
from snowpark_procs.doorbell import ring
from snowpark_procs.report_types import find
from snowpark_procs.statements import insert_with_patience, run


def cancel_report(session: Session, job_id: str | None) -> dict[str, Any]:
    """Order that a job be stopped; it is CANCELLED once its task has stopped.

    Raises:
        RefusedError: there is no such job, it has ended, or it only repeats another one.
    """
    row = _job(session, job_id)
    state = JobState(row["status"])
    if state is JobState.DUPLICATE:
        raise refuse("job_id", f"{job_id} repeats {row['duplicate_of']} and never runs itself; cancel that one")
    if state in TERMINAL:
        raise refuse("job_id", f"{job_id} has ended: it is {state}, so there is nothing to cancel")
    if state is not JobState.CANCELLING:
        _order(session, CommandKind.CANCEL, "cancel_report", job_id=job_id)
    return {"job_id": job_id, "status": str(state)}


def retry_report(session: Session, job_id: str | None) -> dict[str, Any]:
    """Ask for an ended report again, as a job of its own; while that one is open, a second call answers with it.

    Raises:
        RefusedError: there is no such job, it has not ended, or its type no longer takes its parameters.
    """
    row = status.report_status(session, job_id)
    original = str(row["job_id"])
    if row["status"] not in TERMINAL:
        raise refuse("job_id", f"{original} is {row['status']}; it can be made again when it has ended")
    report = find(session, row["report_type"])
    request = enqueue.retry_request(report, row, enqueue.now(session).date())
    duplicate = enqueue.open_duplicate(session, request.dedupe_key)
    if duplicate is None:
        enqueue.insert(session, [request])
    return (duplicate or enqueue.answer(request)) | {"retry_of": original}


def pause_reports(session: Session, report_type: str | None) -> dict[str, Any]:
    """Order that no job of a type, or none at all, be started; what runs runs on.

    Raises:
        RefusedError: there is no such type.
    """
    return _pause(session, report_type, CommandKind.PAUSE, "pause_reports")


def resume_reports(session: Session, report_type: str | None) -> dict[str, Any]:
    """Order that jobs of a type, or of all types, be started again.

    Raises:
        RefusedError: there is no such type.
    """
    return _pause(session, report_type, CommandKind.RESUME, "resume_reports")


def prune_history(session: Session, keep_days: int | None) -> dict[str, Any]:
    """Order that jobs be forgotten that ended more than so many days ago; their files in S3 stay.

    Raises:
        RefusedError: the number of days is out of range.
    """
    if keep_days is None or not MIN_KEEP_DAYS <= keep_days <= MAX_KEEP_DAYS:
        raise refuse("keep_days", f"{shown(keep_days)} is not between {MIN_KEEP_DAYS} and {MAX_KEEP_DAYS} days")
    request_id = _order(session, CommandKind.PRUNE, "prune_history", params={"keep_days": int(keep_days)})
    return {"keep_days": int(keep_days), "request_id": request_id}


def _pause(session: Session, report_type: str | None, kind: CommandKind, source: str) -> dict[str, Any]:
    name = None if report_type is None else find(session, report_type, also_disabled=True).name
    _order(session, kind, source, report_type=name or ALL_TYPES)
    return {"report_type": name, "paused": kind is CommandKind.PAUSE}


def _job(session: Session, job_id: str | None) -> dict[str, Any]:
    rows = run(session, "job_for_caller", job_id=job_id)
    if not rows:
        raise refuse("job_id", f"{shown(job_id)} is not the id of a job that you may see; the view jobs lists them")
    return rows[0]


def _order(
    session: Session,
    kind: CommandKind,
    source: str,
    *,
    job_id: str | None = None,
    report_type: str | None = None,
    params: dict[str, object] | None = None,
) -> str:
    request_id = str(uuid4())
    insert_with_patience(
        session,
        "insert_command",
        request_id=request_id,
        kind=str(kind),
        job_id=job_id,
        report_type=report_type,
        params=json.dumps(params or {}),
        source=source,
        trace_id=uuid4().hex,
        payload_version=PAYLOAD_VERSION,
    )
    ring(session)
    return request_id
