"""Rows of the queue in and out of Snowflake: VARIANT as JSON text, times as UTC."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from contract.events import AttemptResult, Event
from contract.job import JobRow
from contract.manifest import Manifest
from executor.ports import Change

MAX_MANIFEST_CHARS: Final = 8_000

_WRITTEN: Final = (
    "request_id", "status", "attempt", "launch_try", "status_rank", "start_deadline_at", "deadline_at",
    "launch_token", "launch_profile", "task_arn", "capacity_provider", "cpu", "memory_mb", "user_failures",
    "infra_failures", "launched_at", "started_at", "finished_at", "result_uri", "failure_class", "cause_id",
    "cost_usd", "peak_memory_mb", "rows_out", "bytes_out",
)  # fmt: skip


def job_of(row: Mapping[str, Any]) -> JobRow:
    """A joined row of intake and state as a job."""
    values = {key: _value(value) for key, value in row.items() if value is not None}
    for name in ("params", "options"):
        if isinstance(values.get(name), str):
            values[name] = json.loads(values[name])
    return JobRow.model_validate(values)


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
        "manifest": _summary(result.manifest) if result.manifest else None,
        "at": _time(result.at),
    }


def _summary(manifest: Manifest) -> dict[str, object]:
    # The whole manifest lies in S3; the row keeps what people ask for, and never grows beyond a few thousand
    # characters, because a batch of rows is one statement of at most 1 MB.
    summary: dict[str, object] = {
        "seconds": manifest.seconds,
        "cpu_seconds": manifest.cpu_seconds,
        "peak_memory_mb": manifest.peak_memory_mb,
        "queries": [query.model_dump(mode="json") for query in manifest.queries],
        "files": [file.model_dump(mode="json", exclude={"uri"}) for file in manifest.files],
    }
    if len(json.dumps(summary)) > MAX_MANIFEST_CHARS:
        summary["queries"] = []
        summary["files"] = [{"name": file.name, "bytes": file.bytes, "rows": file.rows} for file in manifest.files]
    return summary


def event_row(event: Event) -> dict[str, object]:
    """An event as one element of the JSON that ``insert_events`` takes."""
    return {**event.model_dump(mode="json", exclude={"at"}), "at": _time(event.at)}
