"""The queue in Snowflake, statement by statement; two connections, one of which needs no warehouse."""

import json
from collections.abc import Iterable, Mapping, Sequence

import structlog
from pydantic import ValidationError
from snowflake.connector import errors

from contract.commands import Command
from contract.job import JobRow
from contract.policy import NO_CAPS, Caps
from contract.refusal import refusal_of
from contract.report import ReportDefinition
from contract.states import JobState
from executor.adapters.snowflake_errors import FOR_THE_DATA
from executor.adapters.snowflake_rows import (
    MAX_STATEMENT_BYTES,
    command_of,
    event_row,
    job_of,
    pieces,
    result_row,
    row_state,
    state_row,
)
from executor.adapters.snowflake_schema import lacking
from executor.adapters.snowflake_session import SnowflakeSession
from executor.batches import Batch
from executor.core.breaker import Breaker
from executor.core.leadership import Leader
from executor.core.reconcile import RowState
from executor.core.transitions import RANK
from executor.port_errors import RowRefusedError, StateMissingError
from executor.ports import Installed, Unreadable

_NO_CAP = 1_000_000
"""More jobs than any installation has at work at once."""

log = structlog.get_logger()


class SnowflakeStore:
    """The ``Store`` port on Snowflake."""

    def __init__(self, session: SnowflakeSession, probe: SnowflakeSession, max_queue_age_s: int) -> None:
        """``probe`` asks only what Snowflake answers without a warehouse."""
        self._session = session
        self._probe = probe
        self._max_queue_age_s = max_queue_age_s

    async def installation(self) -> Installed:
        """What this queue was installed for.

        Raises:
            StateMissingError: it was installed for nothing, or for an earlier version of the executor.
        """
        answer = await self._session.run("installation")
        if not answer.rows:
            raise StateMissingError("the table INSTALLATION is empty; run reporting deploy snowflake")
        await self._refuse_an_older_schema()
        return Installed(str(answer.rows[0]["installation"]), str(answer.rows[0]["bucket"]))

    async def _refuse_an_older_schema(self) -> None:
        rows = (await self._session.run("columns_of_tables")).rows
        missing = lacking((row["table_name"], row["column_name"]) for row in rows)
        if missing:
            parts = "; ".join(f"{migration} ({', '.join(names)})" for migration, names in missing.items())
            raise StateMissingError(
                f"the schema is older than this executor and lacks what these migrations add: {parts}; run reporting "
                "deploy snowflake of this version first, or start the executor of the version before"
            )

    async def intake_token(self) -> str:
        """A value that differs after every new request."""
        answer = await self._probe.run("intake_token")
        return str(answer.rows[0]["token"])

    async def fence(self) -> int:
        """The fence of the leader row."""
        return (await self.leader()).fence

    async def leader(self) -> Leader:
        """The leader row."""
        answer = await self._session.run("leader")
        if not answer.rows:
            raise StateMissingError("state_missing: the leader row is gone; run reporting recover")
        row = answer.rows[0]
        return Leader(int(row["fence"]), row["holder"], row["session_id"])

    async def take_fence(self, known: int, holder: str) -> int | None:
        """Take the next fence, unless another was faster."""
        answer = await self._session.run("take_fence", fence=known, holder=holder)
        return known + 1 if answer.changed == 1 else None

    async def restamp(self, fence: int) -> None:
        """Give open rows of earlier leaders to this fence."""
        await self._session.run("restamp", fence=fence)

    async def cancel_statements(self, session_id: str) -> None:
        """End what a session of an earlier leader still runs; one that is gone, or another user's, is left alone."""
        try:
            await self._session.run("cancel_statements", session_id=session_id)
        except errors.DatabaseError as error:
            log.info("nothing was cancelled", action="cancel_refused", session_id=session_id, reason=str(error))

    async def fold(self, fence: int) -> int:
        """Make one of doubled rows, and of doubled requests of one job."""
        rows = await self._session.run("fold_rows", fence=fence)
        jobs = await self._session.run("fold_jobs", fence=fence, duplicate_rank=RANK[JobState.DUPLICATE])
        return rows.changed + jobs.changed

    async def quiet(self) -> bool:
        """Whether no statement that was sent from here can still be carried out."""
        return await self._session.quiet()

    async def claim(self, fence: int, claim_id: str, slots: int, caps: Caps = NO_CAPS) -> None:
        """Claim due jobs."""
        await self._session.run(
            "claim",
            fence=fence,
            slots=slots,
            per_type=_NO_CAP if caps.per_type is None else caps.per_type,
            per_requester=_NO_CAP if caps.per_requester is None else caps.per_requester,
            claim_id=claim_id,
            claimed_rank=RANK[JobState.CLAIMED],
            ended_rank=RANK[JobState.EXPIRED],
            max_queue_age_s=self._max_queue_age_s,
        )

    async def claimed(self, claim_id: str) -> list[JobRow]:
        """The jobs that a claim took."""
        return [job_of(row) for row in (await self._session.run("claimed", claim_id=claim_id)).rows]

    async def open_jobs(self) -> list[JobRow]:
        """All jobs that were claimed and have not ended."""
        return [job_of(row) for row in (await self._session.run("open_jobs")).rows]

    async def waiting(self) -> int:
        """How many jobs nobody claimed yet."""
        return int((await self._session.run("waiting_count")).rows[0]["waiting"])

    async def next_due_s(self) -> float | None:
        """Seconds until a waiting job is due."""
        seconds = (await self._session.run("next_due")).rows[0]["seconds"]
        return None if seconds is None else float(seconds)

    async def commands(self) -> list[Command]:
        """Orders that wait to be carried out."""
        return [command_of(row) for row in (await self._session.run("commands")).rows]

    async def note_pauses(self, fence: int) -> None:
        """Note the last word on each type."""
        await self._session.run("note_pauses", fence=fence)

    async def prune(self, fence: int, request_id: str, keep_days: int) -> None:
        """Forget jobs that ended long ago, and last the order itself."""
        await self._session.run("archive_jobs", fence=fence, keep_days=keep_days)
        await self._session.run("prune_intake", fence=fence, keep_days=keep_days)
        for name in ("prune_results", "prune_events", "prune_state"):
            await self._session.run(name, fence=fence)
        await self._session.run("prune_orders", fence=fence, request_id=request_id, keep_days=keep_days)

    async def definitions(
        self, keys: Iterable[tuple[str, int]]
    ) -> dict[tuple[str, int], ReportDefinition | Unreadable]:
        """Report definitions by type and version; one that cannot be read is logged, and says why."""
        wanted = json.dumps([{"report_type": name, "version": version} for name, version in keys])
        found: dict[tuple[str, int], ReportDefinition | Unreadable] = {}
        for row in (await self._session.run("definitions", keys=wanted)).rows:
            key = (str(row["report_type"]), int(row["version"]))
            try:
                found[key] = ReportDefinition.model_validate_json(row["definition"])
            except ValidationError as error:
                says = str(refusal_of(error, "definition"))
                found[key] = Unreadable(says)
                log.warning("unreadable definition", action="definition_unreadable", key=key, reason=says)
        return found

    async def write(self, fence: int, batch: Batch) -> int:
        """Write a batch forward; results and events first, so that an ended row never stands without its reason.

        Raises:
            RowRefusedError: Snowflake refused a statement for what its rows hold.
        """
        await self._write("insert_results", [result_row(result) for result in batch.results], fence)
        await self._write("insert_events", [event_row(event) for event in batch.events], fence)
        return await self._write("write_state", [state_row(change) for change in batch.changes], fence)

    async def _write(self, name: str, rows: Sequence[Mapping[str, object]], fence: int) -> int:
        changed = 0
        for piece in pieces([json.dumps(row, allow_nan=False) for row in rows], MAX_STATEMENT_BYTES):
            try:
                changed += (await self._session.run(name, rows=f"[{','.join(piece)}]", fence=fence)).changed
            except errors.DatabaseError as error:
                if error.errno in FOR_THE_DATA:
                    raise RowRefusedError(f"{name}: {error.msg or error}") from error
                raise
        return changed

    async def breaker(self) -> Breaker | None:
        """The circuit breaker of launches, or None; one that cannot be read is as good as none, and said."""
        rows = (await self._session.run("breaker")).rows
        try:
            return Breaker.model_validate_json(rows[0]["breaker"]) if rows and rows[0]["breaker"] else None
        except ValidationError as error:
            log.warning("unreadable circuit breaker", action="breaker_unreadable", reason=str(error))
            return None

    async def write_breaker(self, fence: int, breaker: Breaker) -> None:
        """Keep the circuit breaker of launches."""
        await self._session.run("write_breaker", breaker=breaker.model_dump_json(), fence=fence)

    async def states(self, job_ids: Sequence[str]) -> dict[str, RowState]:
        """What the queue says of each of these jobs at this moment."""
        rows = (await self._session.run("states", job_ids=json.dumps(list(job_ids)))).rows
        return {row["job_id"]: row_state(row) for row in rows}

    async def progress(self, request_ids: Sequence[str]) -> dict[str, tuple[int, int, int]]:
        """How far these rows are; a row that is gone is left out."""
        answer = await self._session.run("read_state", request_ids=json.dumps(list(request_ids)))
        return {row["request_id"]: (row["attempt"], row["launch_try"], row["status_rank"]) for row in answer.rows}
