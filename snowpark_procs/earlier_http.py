"""For callers of the earlier design, in which a Snowflake function called an HTTP service on ECS.

The same arguments and the same keys in the answer; behind them it is the queue.
"""

from datetime import datetime, timedelta
from typing import Any

from snowflake.snowpark import Session

from contract.refusal import Problem, RefusedError, refuse, shown
from snowpark_procs import enqueue
from snowpark_procs.report_types import ReportType, find
from snowpark_procs.statements import run
from snowpark_procs.status import report_status

MAX_SOURCE_CHARS = 200

_MESSAGES = {
    "QUEUED": "Report is queued",
    "SUCCEEDED": "Report is ready",
    "FAILED": "Report failed",
    "CANCELLED": "Report was cancelled",
    "EXPIRED": "Report was not made in time and was given up",
}


def generate_report_via_ecs(
    session: Session, job_id: str | None, job_type: str, input_data: Any, source: str | None
) -> dict[str, Any]:
    """Ask for a report under an id of the caller's own.

    Raises:
        RefusedError: naming ``job_id``, ``job_type`` or the key of ``input_data`` that is wrong.
    """
    if job_id is None:
        raise _no_name(job_id)
    if source is not None and len(source) > MAX_SOURCE_CHARS:
        raise refuse("source", f"is {len(source)} characters long; {MAX_SOURCE_CHARS} is the most")
    report = find(session, job_type, field="job_type")
    given = enqueue.object_of(input_data, "input_data")
    return _ask(session, report, given, job_id, source or "SNOWFLAKE", root="input_data.")


def generate_sales_report_ecs(session: Session, start_date: Any, end_date: Any, job_id: str | None) -> dict[str, Any]:
    """Ask for the sales report of a range of days.

    Raises:
        RefusedError: naming the argument that is wrong.
    """
    missing = [name for name, value in (("start_date", start_date), ("end_date", end_date)) if value is None]
    if missing:
        raise RefusedError([Problem(name, "is missing; write it as YYYY-MM-DD") for name in missing])
    report = find(session, "SALES_REPORT")
    return _ask(session, report, {"start_date": start_date, "end_date": end_date}, job_id, "SNOWFLAKE", root="")


def check_ecs_job_status(session: Session, job_id: str) -> dict[str, Any]:
    """How far a job is.

    Raises:
        RefusedError: there is no such job.
    """
    row = report_status(session, job_id)
    why = " ".join(str(part) for part in (row["diagnosis"], row["error"], row["remedy"]) if part)
    return {
        "status": row["status"],
        "job_id": row["job_id"],
        "message": why or _MESSAGES.get(row["status"], "Report is being made"),
        "tracking_id": row["trace_id"],
        "estimated_completion": row["finished_at"] or _estimate(session, row["report_type"], enqueue.now(session)),
        "s3_output_location": row["result_uri"],
    }


def _ask(
    session: Session, report: ReportType, params: Any, job_id: str | None, source: str, *, root: str
) -> dict[str, Any]:
    if job_id is not None and job_id.startswith("__"):  # names of the product's own rows begin so
        raise _no_name(job_id)
    now = enqueue.now(session)
    try:
        request = enqueue.adhoc_request(report, params, {}, now.date(), source=source, job_id=job_id)
    except RefusedError as error:
        raise RefusedError([_renamed(problem, root, job_id) for problem in error.problems]) from error
    if request.job_id in enqueue.statuses(session, [request.job_id]):
        raise refuse("job_id", f"{shown(job_id)} is already used; take another, or check_ecs_job_status of this one")
    enqueue.insert(session, [request])
    return {
        "status": "QUEUED",
        "job_id": request.job_id,
        "message": _MESSAGES["QUEUED"],
        "tracking_id": request.trace_id,
        "estimated_completion": _estimate(session, report.name, now),
        "s3_output_location": _location(session, report.name, request.job_id),
    }


def _no_name(job_id: str | None) -> RefusedError:
    return refuse(
        "job_id", f"{shown(job_id)} cannot name a job; take letters, digits, - and _, at most 80, no __ first"
    )


def _renamed(problem: Problem, root: str, job_id: str | None) -> Problem:
    # These callers know neither "params" nor "request": their fields have the names of their own arguments.
    if problem.field == "request.job_id":
        return _no_name(job_id).problems[0]
    return Problem(problem.field.replace("params.", root, 1), problem.says)


def _estimate(session: Session, report_type: str, now: datetime) -> str | None:
    seconds = run(session, "typical_seconds", report_type=report_type)[0]["seconds"]
    return None if seconds is None else (now + timedelta(seconds=float(seconds))).isoformat(timespec="seconds")


def _location(session: Session, report_type: str, job_id: str) -> str:
    bucket = run(session, "installation")[0]["bucket"]
    return f"s3://{bucket}/reports/{report_type}/adhoc/{job_id}/"
