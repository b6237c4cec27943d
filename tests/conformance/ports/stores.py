"""A queue as its callers see it, in memory and in a local Snowflake, so that one suite can ask both."""

import asyncio
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import snowflake.connector
from snowflake.connector import DictCursor

from contract.binding import bound
from contract.commands import CommandKind
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

    def enqueue(self, *requests: RunRequest, age_s: float = 0.0, requested_by: str | None = None) -> None: ...

    def order(self, kind: CommandKind, target: str | None = None, *, keep_days: int | None = None) -> str:
        """Order something that is no report, as a procedure would; its request id."""

    def define(self, report_type: str, version: int, definition: ReportDefinition) -> None: ...

    def seen(self, request: RunRequest) -> Seen | None: ...

    def all_seen(self) -> dict[str, Seen]:
        """Every state row by its request id."""

    def history(self) -> tuple[int, int]:
        """How many results and events are there."""

    def asked(self) -> int:
        """How many requests for reports are there."""

    def lose_requests(self) -> None:
        """As a pruning that was broken off leaves it: the requests are gone, their state is not."""

    def lose_leader(self) -> None: ...

    def now(self) -> datetime: ...


class MemoryQueue:
    """The shipped fake."""

    def __init__(self, store: MemoryStore, clock: VirtualClock) -> None:
        self._memory, self._clock = store, clock
        self.store: Store = store

    def enqueue(self, *requests: RunRequest, age_s: float = 0.0, requested_by: str | None = None) -> None:
        for request in requests:
            self._memory.enqueue(request, age_s=age_s, requested_by=requested_by or "ANALYST")

    def order(self, kind: CommandKind, target: str | None = None, *, keep_days: int | None = None) -> str:
        self._clock.advance(0.001)  # as each statement of a real one takes its time
        return self._memory.order(kind, target, keep_days=keep_days)

    def define(self, report_type: str, version: int, definition: ReportDefinition) -> None:
        self._memory.define(report_type, version, definition)

    def seen(self, request: RunRequest) -> Seen | None:
        return self.all_seen().get(request.request_id)

    def all_seen(self) -> dict[str, Seen]:
        return {
            key: Seen(row.job.status, row.job.attempt, row.job.launch_try, row.fence, row.duplicate_of)
            for key, row in self._memory.state.items()
        }

    def history(self) -> tuple[int, int]:
        return len(self._memory.results), len(self._memory.events)

    def asked(self) -> int:
        return len(self._memory.intake)

    def lose_requests(self) -> None:
        self._memory.intake.clear()

    def lose_leader(self) -> None:
        self._memory.leader_row = None

    def now(self) -> datetime:
        return self._clock.now()


class SnowflakeQueue:
    """The local Snowflake with the product's own tables, through the product's own adapter."""

    def __init__(self, arguments: dict[str, Any]) -> None:
        session = SnowflakeSession(arguments, "executor", role="REPORT_EXECUTOR")
        probe = SnowflakeSession(arguments, "probe", role="REPORT_PROBE", alone=True)
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

    def enqueue(self, *requests: RunRequest, age_s: float = 0.0, requested_by: str | None = None) -> None:
        rows = [_intake_row(request) for request in requests]
        text, values = bound(load("insert_intake"), {"rows": json.dumps(rows)})
        self.sql(text, *values)
        if age_s or requested_by:
            marks = ", ".join("?" for _ in requests)
            self.sql(
                "UPDATE job_intake SET enqueued_at = DATEADD('second', ?, enqueued_at), "
                f"requested_by = COALESCE(?, requested_by) WHERE request_id IN ({marks})",
                -int(age_s),
                requested_by,
                *(request.request_id for request in requests),
            )

    def order(self, kind: CommandKind, target: str | None = None, *, keep_days: int | None = None) -> str:
        of_job = kind is CommandKind.CANCEL
        request_id = str(uuid.uuid4())
        values = {
            "request_id": request_id,
            "kind": str(kind),
            "job_id": target if of_job else None,
            "report_type": None if of_job else target,
            "params": json.dumps({} if keep_days is None else {"keep_days": keep_days}),
            "source": "test",
            "trace_id": "0" * 32,
            "payload_version": 1,
        }
        text, binds = bound(load("insert_command"), values)
        self.sql(text, *binds)
        return request_id

    def define(self, report_type: str, version: int, definition: ReportDefinition) -> None:
        values = {"report_type": report_type, "version": version, "definition": definition.model_dump_json()}
        text, binds = bound(load("insert_report_type"), {**values, "digest": "-"})
        self.sql(text, *binds)

    def all_seen(self) -> dict[str, Seen]:
        rows = self.sql("SELECT request_id, status, attempt, launch_try, fence, duplicate_of FROM job_state")
        return {row.pop("request_id"): Seen(**row) for row in rows if row["request_id"] != "__leader__"}

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

    def asked(self) -> int:
        return int(self.sql("SELECT COUNT(*) AS n FROM job_intake WHERE kind = 'RUN'")[0]["n"])

    def lose_requests(self) -> None:
        self.sql("DELETE FROM job_intake WHERE kind = 'RUN'")

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
