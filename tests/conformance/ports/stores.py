"""A queue as its callers see it, in memory and in a local Snowflake, so that one suite can ask both."""

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import snowflake.connector
from snowflake.connector import DictCursor

from contract.binding import bound
from contract.report import ReportDefinition
from contract.request import RunRequest
from executor.adapters.snowflake_session import SnowflakeSession
from executor.adapters.snowflake_store import SnowflakeStore
from executor.ports import Store
from executor.testing.memory_store import MemoryStore
from executor.testing.virtual_clock import VirtualClock
from sql import load

MAX_QUEUE_AGE_S = 3_600


@dataclass(frozen=True)
class Seen:
    """What the state row of a request says."""

    status: str
    attempt: int
    launch_try: int
    fence: int
    duplicate_of: str | None


class Queue(Protocol):
    """The other side of a Store: who asks, and who looks at the tables."""

    store: Store

    def enqueue(self, *requests: RunRequest, age_s: float = 0.0) -> None: ...

    def define(self, report_type: str, version: int, definition: ReportDefinition) -> None: ...

    def seen(self, request: RunRequest) -> Seen | None: ...

    def history(self) -> tuple[int, int]:
        """How many results and events are there."""

    def lose_leader(self) -> None: ...

    def now(self) -> datetime: ...


class MemoryQueue:
    """The shipped fake."""

    def __init__(self, store: MemoryStore, clock: VirtualClock) -> None:
        self._memory, self._clock = store, clock
        self.store: Store = store

    def enqueue(self, *requests: RunRequest, age_s: float = 0.0) -> None:
        for request in requests:
            self._memory.enqueue(request, age_s=age_s)

    def define(self, report_type: str, version: int, definition: ReportDefinition) -> None:
        self._memory.define(report_type, version, definition)

    def seen(self, request: RunRequest) -> Seen | None:
        row = self._memory.state.get(request.request_id)
        if row is None:
            return None
        return Seen(row.job.status, row.job.attempt, row.job.launch_try, row.fence, row.duplicate_of)

    def history(self) -> tuple[int, int]:
        return len(self._memory.results), len(self._memory.events)

    def lose_leader(self) -> None:
        self._memory.leader = None

    def now(self) -> datetime:
        return self._clock.now()


class SnowflakeQueue:
    """The local Snowflake with the product's own tables, through the product's own adapter."""

    def __init__(self, arguments: dict[str, Any]) -> None:
        session, probe = SnowflakeSession(arguments, "executor"), SnowflakeSession(arguments, "probe")
        self.sessions = (session, probe)
        self.store: Store = SnowflakeStore(session, probe, MAX_QUEUE_AGE_S)
        self.connection = snowflake.connector.connect(
            **arguments, paramstyle="qmark", session_parameters={"TIMEZONE": "UTC"}
        )

    def close(self) -> None:
        for session in self.sessions:
            asyncio.run(session.close())
        self.connection.close()

    def sql(self, text: str, *values: object) -> list[dict[str, Any]]:
        with self.connection.cursor(DictCursor) as cursor:
            cursor.execute(text, values or None)
            return [{key.lower(): value for key, value in dict(row).items()} for row in cursor.fetchall()]

    def empty(self) -> None:
        for table in ("job_intake", "job_state", "job_results", "job_events", "type_state"):
            self.sql(f"DELETE FROM {table}")
        self.sql("INSERT INTO job_state (request_id, fence) SELECT '__leader__', 0")

    def enqueue(self, *requests: RunRequest, age_s: float = 0.0) -> None:
        rows = [_intake_row(request) for request in requests]
        text, values = bound(load("insert_intake"), {"rows": json.dumps(rows)})
        self.sql(text, *values)
        if age_s:
            older = "UPDATE job_intake SET enqueued_at = DATEADD('second', ?, enqueued_at) WHERE request_id = ?"
            for request in requests:
                self.sql(older, -int(age_s), request.request_id)

    def define(self, report_type: str, version: int, definition: ReportDefinition) -> None:
        values = {"report_type": report_type, "version": version, "definition": definition.model_dump_json()}
        text, binds = bound(load("insert_report_type"), {**values, "digest": "-"})
        self.sql(text, *binds)

    def seen(self, request: RunRequest) -> Seen | None:
        rows = self.sql(
            "SELECT status, attempt, launch_try, fence, duplicate_of FROM job_state WHERE request_id = ?",
            request.request_id,
        )
        return Seen(**rows[0]) if rows else None

    def history(self) -> tuple[int, int]:
        results, events = (
            self.sql(f"SELECT COUNT(*) AS n FROM {name}")[0]["n"] for name in ("job_results", "job_events")
        )
        return results, events

    def lose_leader(self) -> None:
        self.sql("DELETE FROM job_state WHERE request_id = '__leader__'")

    def now(self) -> datetime:
        now: datetime = self.sql("SELECT SYSDATE() AS now")[0]["now"]
        return now.replace(tzinfo=UTC)


def _intake_row(request: RunRequest) -> dict[str, Any]:
    row = request.model_dump(mode="json")
    row["options"] = request.options.model_dump(mode="json", exclude_none=True)
    row["payload_version"] = 1
    if request.not_before is not None:
        row["not_before"] = request.not_before.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
    return row
