"""How far a job is, in one sentence: what its row tells, and of a running one what its container keeps in S3."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from contract.states import TERMINAL, JobState

_TEXTS: Final[dict[str, str]] = {
    JobState.QUEUED: "waits in the queue for {age}",
    JobState.CLAIMED: "its container is being started, {age} after it was asked for",
    JobState.LAUNCHED: "its container is being started, {age} after it was asked for",
    JobState.RUNNING: "runs for {running}",
    JobState.CANCELLING: "is being stopped",
    JobState.RETRY_WAIT: "is tried again soon, {age} after it was asked for",
}
_WAITING: Final = frozenset({JobState.QUEUED, JobState.CLAIMED, JobState.RETRY_WAIT})
"""Where the row's diagnosis is what keeps the job from starting."""
_NOT_BEFORE: Final = "It was asked for not before"
"""How the view ``all_jobs`` tells of a due time, which the sentence tells itself."""


def progress(
    row: Mapping[str, Any], now: datetime, typical_s: float | None, so_far: tuple[str, int] | None = None
) -> str | None:
    """The sentence; None of a job that has ended.

    Args:
        row: the job as ``report_status`` answers with it.
        now: the database's clock, UTC.
        typical_s: how long jobs of its type took of late from request to result, in seconds.
        so_far: stage and rows of a running job, where its container kept them.
    """
    state = row["status"]
    if state in TERMINAL or state not in _TEXTS:
        return None
    text = _TEXTS[state].format(age=_since(row, "enqueued_at", now), running=_since(row, "started_at", now))
    why = str(row.get("diagnosis") or "").rstrip(".") if state in _WAITING else ""
    if so_far is not None and state == JobState.RUNNING:
        stage, rows = so_far
        why = f"{stage}, {rows:,} row{'' if rows == 1 else 's'}" if rows else stage
    due = datetime.fromisoformat(row["not_before"]) if row.get("not_before") else now
    if due > now and state == JobState.QUEUED:
        text = f"waits for its time, {due:%Y-%m-%d %H:%M:%S} UTC"
        why = "" if why.startswith(_NOT_BEFORE) else why
    elif why and state == JobState.RETRY_WAIT:
        text = f"waits for its next try, {_since(row, 'enqueued_at', now)} after it was asked for"
    tries = f", attempt {row['attempt']}" if int(row.get("attempt") or 0) > 1 else ""
    usual = f"; jobs of its type took {_span(typical_s)} from request to result" if typical_s is not None else ""
    return f"{text}{tries}{': ' if why else ''}{why}{usual}"


def _since(row: Mapping[str, Any], column: str, now: datetime) -> str:
    at = row.get(column)
    return _span((now - datetime.fromisoformat(at)).total_seconds()) if at else "a moment"


def _span(seconds: float) -> str:
    whole = max(0, round(seconds))
    return f"{whole} s" if whole < 120 else f"{whole // 60} min {whole % 60} s"
