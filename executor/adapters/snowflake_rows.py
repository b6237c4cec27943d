"""Rows of the queue in and out of Snowflake: VARIANT as JSON text, times as UTC."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any, Final

from contract.commands import Command, CommandKind
from contract.events import AttemptResult, Event
from contract.job import JobRow, job_row
from contract.manifest import Manifest
from contract.states import JobState
from executor.batches import Change
from executor.core.reconcile import RowState

MAX_MANIFEST_CHARS: Final = 200_000
"""Room for some 700 files; a report of the product's own makes at most 350, a container of one's own may make more."""
MAX_STATEMENT_BYTES: Final = 512 * 1024
"""Half of what Snowflake takes as one statement with its binds (1 MB)."""

_WRITTEN: Final = (
    "request_id", "status", "attempt", "launch_try", "status_rank", "start_deadline_at", "deadline_at",
    "launch_token", "launch_profile", "task_arn", "capacity_provider", "cpu", "memory_mb", "interruptions",
    "refusals", "waits_since", "user_failures", "infra_failures", "launched_at", "started_at", "finished_at",
    "result_uri", "failure_class", "cause_id", "cost_usd", "peak_memory_mb", "rows_out", "bytes_out",
)  # fmt: skip

_FIELDS: Final = {field.name for field in fields(JobRow)}


def job_of(row: Mapping[str, Any]) -> JobRow:
    """A joined row of intake and state as a job; one that nobody can read is one that says so and can only fail."""
    values = {key: _value(value) for key, value in row.items() if value is not None}
    try:
        for name in ("params", "options"):
            if isinstance(values.get(name), str):
                values[name] = json.loads(values[name])
        return job_row(values)
    except ValueError as error:
        return _spoiled(values, error)


def command_of(row: Mapping[str, Any]) -> Command:
    """A row of the intake that asks for no report."""
    keep_days = row["keep_days"]
    return Command(
        request_id=row["request_id"],
        kind=CommandKind(row["kind"]),
        report_type=row["report_type"],
        keep_days=None if keep_days is None else int(keep_days),
        ordered_by=row["requested_by"] or "unknown",
        at=_value(row["enqueued_at"]),
    )


def _spoiled(values: Mapping[str, Any], error: ValueError) -> JobRow:
    # What our own state row holds is sound; what came from the intake may be anything, and is put aside.
    intake: dict[str, Any] = {
        "job_id": str(values.get("job_id") or values["request_id"]),
        "report_type": str(values.get("report_type") or "UNKNOWN"),
        "report_version": 0,
        "params": {},
        "options": {},
        "business_date": None,
        "priority": 0,
        "requested_by": str(values.get("requested_by") or "unknown"),
        "trace_id": str(values.get("trace_id") or ""),
    }
    status = JobState(values["status"])
    known = {**values, **intake, "status": status, "spoiled": str(error)}
    return JobRow(**{name: value for name, value in known.items() if name in _FIELDS})


def row_state(row: Mapping[str, Any]) -> RowState:
    """What a row of ``states`` says of a job."""
    fence = row["fence"]
    return RowState(
        job_id=row["job_id"],
        asked=bool(row["asked"]),
        request_id=row["request_id"],
        fence=None if fence is None else int(fence),
        status=JobState(row["status"]) if row["status"] else None,
        attempt=int(row["attempt"] or 0),
        task_arn=row["task_arn"],
        launched=bool(row["launched"]),
    )


def _value(value: object) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


def _time(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="milliseconds")
    return value


def state_row(change: Change) -> dict[str, object]:
    """A change as one element of the JSON that ``write_state`` takes."""
    row = {name: _time(getattr(change.job, name)) for name in _WRITTEN}
    return row | {"due_in_s": change.due_in_s}


def result_row(result: AttemptResult) -> dict[str, object]:
    """An ended attempt as one element of the JSON that ``insert_results`` takes."""
    verdict = result.verdict
    return {
        "request_id": result.request_id,
        "job_id": result.job_id,
        "attempt": result.attempt,
        "exit_code": result.exit_code,
        "stop_code": result.stop_code,
        "stop_reason": result.stop_reason,
        "diagnosis": verdict.diagnosis if verdict else None,
        "remedy": verdict.remedy if verdict else None,
        "error": result.error,
        "log_tail": result.log_tail,
        "start_s": result.start_s,
        "pull_s": result.pull_s,
        "run_s": result.run_s,
        "peak_memory_mb": result.manifest.peak_memory_mb if result.manifest else None,
        "cost_usd": result.cost_usd,
        "manifest": _summary(result.manifest) if result.manifest else None,
        "at": _time(result.at),
    }


def _summary(manifest: Manifest) -> dict[str, object]:
    # The whole manifest lies in S3. The row keeps every file that the view report_files shows, but stays well below
    # what a statement may hold (1 MB with its binds); of a report of very many files it keeps the first.
    files = [file.model_dump(mode="json", exclude={"uri"}) for file in manifest.files]
    queries = [query.model_dump(mode="json") for query in manifest.queries]
    summary: dict[str, object] = {
        "seconds": manifest.seconds,
        "cpu_seconds": manifest.cpu_seconds,
        "peak_memory_mb": manifest.peak_memory_mb,
        "queries": queries,
        "files": files,
        "file_count": len(files),
    }
    if len(json.dumps(summary)) > MAX_MANIFEST_CHARS:
        room = MAX_MANIFEST_CHARS - len(json.dumps(summary | {"queries": [], "files": []}))
        summary |= {"queries": [], "files": _that_fit(files, room)}
    return summary


def _that_fit(items: Sequence[object], room: int) -> list[object]:
    lengths = accumulate(len(json.dumps(item)) + 2 for item in items)
    return [item for item, length in zip(items, lengths, strict=True) if length <= room]


def event_row(event: Event) -> dict[str, object]:
    """An event as one element of the JSON that ``insert_events`` takes."""
    return {**event.model_dump(mode="json", exclude={"at"}), "at": _time(event.at)}


def pieces(rows: Sequence[str], max_bytes: int) -> Iterator[list[str]]:
    """Rows in the same order, in groups that are not longer than so many bytes; a single longer one stands alone."""
    piece: list[str] = []
    size = 0
    for row in rows:
        length = len(row.encode()) + 1
        if piece and size + length > max_bytes:
            yield piece
            piece, size = [], 0
        piece.append(row)
        size += length
    if piece:
        yield piece
