"""From a checked request to a row of the intake."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from pydantic import ValidationError
from snowflake.snowpark import Session

from contract.ids import adhoc_job_id, calendar_job_id
from contract.parameters import resolve_parameters
from contract.refusal import RefusedError, refusal_of, refuse, shown
from contract.request import PAYLOAD_VERSION, RequestOptions, RunRequest, check_size, kept_options, parse_options
from contract.states import JobState
from snowpark_procs.calendar import Period
from snowpark_procs.doorbell import ring
from snowpark_procs.report_types import ReportType
from snowpark_procs.statements import insert_with_patience, run

MAX_ROWS_CHARS: Final = 8_000_000
"""What one INSERT may carry; a VARCHAR takes 16 MB (Snowflake, string data types)."""

_OF_THE_REQUEST: Final = frozenset({"not_before", "dedupe_key"})


def object_of(given: object, field: str) -> Mapping[str, Any]:
    """An OBJECT argument as a mapping; NULL is an empty one.

    Raises:
        RefusedError: it is something else.
    """
    # Snowflake hands a SQL NULL in a VARIANT over as an object that says so.
    if given is None or getattr(given, "is_sql_null", False):
        return {}
    if not isinstance(given, Mapping):
        raise refuse(field, f"{shown(given)} is not an object; write it as {{'name': value}}")
    return given


def now(session: Session) -> datetime:
    """The present by Snowflake's clock, UTC."""
    value: datetime = run(session, "now")[0]["now"]
    return value.replace(tzinfo=UTC)


def adhoc_request(
    report: ReportType, params: object, options: object, today: date, *, source: str, job_id: str | None = None
) -> RunRequest:
    """A request that somebody makes by hand, checked as a whole.

    Raises:
        RefusedError: naming every option and parameter that is wrong.
    """
    yesterday = today - timedelta(days=1)
    given = object_of(params, "params")
    try:
        chosen = parse_options(object_of(options, "options"))
        _check_business_date(chosen, today)
    except RefusedError as wrong:
        try:
            resolve_parameters(report.definition, given, yesterday)
        except RefusedError as also:
            raise RefusedError([*wrong.problems, *also.problems]) from also
        raise
    business_date = chosen.business_date or yesterday
    request_id = str(uuid4())
    return _request(
        report,
        request_id=request_id,
        job_id=job_id if job_id is not None else adhoc_job_id(report.name, request_id),
        params=resolve_parameters(report.definition, given, business_date),
        options=chosen,
        business_date=chosen.business_date,
        source=source,
    )


def _check_business_date(options: RequestOptions, today: date) -> None:
    # Tomorrow, because a caller east of UTC may have it already; later, when the job itself is for later.
    latest = max(today, options.not_before.date() if options.not_before else today) + timedelta(days=1)
    if options.business_date is not None and options.business_date > latest:
        says = f"{options.business_date} lies in the future; {latest} is the latest"
        raise refuse("options.business_date", f"{says}, or give not_before as well")


def calendar_request(
    report: ReportType, period: Period, installation: str, options: RequestOptions, source: str
) -> RunRequest:
    """The one request of a report type and period."""
    return _request(
        report,
        request_id=str(uuid4()),
        job_id=calendar_job_id(installation, report.name, period.first_day, period.so_far),
        params=resolve_parameters(report.definition, {}, period.business_date),
        options=options,
        business_date=period.business_date,
        source=source,
    )


def retry_request(report: ReportType, row: Mapping[str, Any], today: date) -> RunRequest:
    """The request that makes an ended job again: the same parameters and options, the type's newest definition.

    Args:
        report: the job's type.
        row: the job as ``report_status`` answers with it.
        today: for defaults of parameters that the type did not have when the job was asked for.

    Raises:
        RefusedError: the definition no longer takes the job's parameters.
    """
    # When to start and what it repeats belonged to that request, not to the report.
    options = {key: value for key, value in object_of(row["options"], "options").items() if key not in _OF_THE_REQUEST}
    business_date = date.fromisoformat(row["business_date"]) if row["business_date"] else None
    request_id = str(uuid4())
    request = _request(
        report,
        request_id=request_id,
        job_id=adhoc_job_id(report.name, request_id),
        params=resolve_parameters(
            report.definition, object_of(row["params"], "params"), business_date or today - timedelta(days=1)
        ),
        options=kept_options(options),
        business_date=business_date,
        retry_of=row["job_id"],
        source="retry_report",
    )
    return request.model_copy(update={"dedupe_key": f"retry:{row['job_id']}"})


def _request(report: ReportType, *, options: RequestOptions, **fields: Any) -> RunRequest:
    check_size(fields["params"])
    try:
        return RunRequest(
            report_type=report.name,
            report_version=report.version,
            options=options,
            priority=options.priority if options.priority is not None else report.definition.priority,
            not_before=options.not_before,
            dedupe_key=options.dedupe_key,
            trace_id=uuid4().hex,
            **fields,
        )
    except ValidationError as error:
        raise refusal_of(error, "request") from error


def insert(session: Session, requests: Sequence[RunRequest]) -> None:
    """Write requests into the intake, with one INSERT, and ring; nothing at all when there is nothing to write.

    Raises:
        RefusedError: they are too many to travel in one statement.
    """
    if not requests:
        return
    rows = json.dumps([_row(request) for request in requests], separators=(",", ":"))
    if len(rows) > MAX_ROWS_CHARS:
        raise refuse("requests", f"take {len(rows)} characters together; {MAX_ROWS_CHARS} is the most, send fewer")
    insert_with_patience(session, "insert_intake", rows=rows)
    ring(session)


def _row(request: RunRequest) -> dict[str, Any]:
    row = request.model_dump(mode="json", exclude={"options"}, exclude_none=True)
    # A parameter may be NULL, a column that is left out is.
    row["params"] = dict(request.params)
    row["options"] = request.options.model_dump(mode="json", exclude_none=True)
    row["payload_version"] = PAYLOAD_VERSION
    if request.not_before is not None:
        row["not_before"] = request.not_before.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
    return row


def statuses(session: Session, job_ids: Sequence[str]) -> dict[str, str]:
    """The status of those of these job ids that exist."""
    rows = run(session, "known_jobs", job_ids=json.dumps(list(job_ids)))
    return {row["job_id"]: row["status"] for row in rows}


def answer(request: RunRequest) -> dict[str, Any]:
    """What a caller is told of a new job."""
    return {"job_id": request.job_id, "status": str(JobState.QUEUED), "duplicate_of": None}


def open_duplicate(session: Session, dedupe_key: str | None) -> dict[str, Any] | None:
    """What a caller is told when the same thing was asked for and is still open."""
    rows = run(session, "open_job_of_key", dedupe_key=dedupe_key) if dedupe_key is not None else []
    if not rows:
        return None
    return {"job_id": rows[0]["job_id"], "status": rows[0]["status"], "duplicate_of": rows[0]["job_id"]}
