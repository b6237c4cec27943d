"""How far a report is, as the lines of its container's log tell."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

_SHOWN_CHARS: Final = 60
_STAGES: Final[dict[str, str]] = {
    "runner_started": "starts",
    "attempt_claimed": "signs in",
    "signed_in": "signed in",
    "query_started": "{query}: waits for Snowflake",
    "query_answered": "{query}: rows arrive",
    "report_progress": "{query}: {stage}",
    "query_finished": "{query}: all rows are there",
    "file_uploaded": "{message}",
    "connection_test_step": "{step}: {status}",
    "report_finished": "finished",
    "report_failed": "failed: {message}",
}
"""What an action of the runner's log means; of others, their sentence is shown."""
_SAYS_NOTHING: Final = frozenset({"runner_ended", "library_message"})


@dataclass(frozen=True, slots=True)
class Stage:
    """How far: what is being done, rows by query so far, and bytes where the log tells them."""

    text: str = ""
    rows_by_query: tuple[tuple[str, int], ...] = ()
    bytes: int | None = None

    @property
    def rows(self) -> int | None:
        """Rows of all queries so far; None while the log told of none."""
        return sum(rows for _, rows in self.rows_by_query) if self.rows_by_query else None


def after(stage: Stage, line: str) -> Stage:
    """How far it is after one more line; an image of one's own may write lines of any form."""
    try:
        told = json.loads(line)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        return replace(stage, text=_short(line)) if line.strip() else stage
    action = str(told.get("action"))
    if action in _SAYS_NOTHING:
        return stage
    written = told.get("bytes") if action == "report_progress" else None
    return Stage(_text(action, told), _rows(stage, told), written if isinstance(written, int) else stage.bytes)


def _text(action: str, told: Mapping[str, Any]) -> str:
    if action == "report_progress" and not told.get("query"):
        return _short(str(told.get("stage")))
    words = {"query": "query", "stage": "", "step": "step", "status": "", "message": action} | dict(told)
    return _short(_STAGES.get(action, "{message}").format_map(words))


def _rows(stage: Stage, told: Mapping[str, Any]) -> tuple[tuple[str, int], ...]:
    query, rows = told.get("query"), told.get("rows")
    if not isinstance(query, str) or not isinstance(rows, int):
        return stage.rows_by_query
    return tuple((dict(stage.rows_by_query) | {query: rows}).items())


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN_CHARS else line[: _SHOWN_CHARS - 1] + "…"
