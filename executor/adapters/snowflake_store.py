"""The queue in Snowflake, statement by statement; two connections, one of which needs no warehouse."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import structlog
from pydantic import ValidationError

from contract.job import JobRow
from contract.report import ReportDefinition
from contract.states import JobState
from executor.adapters.snowflake_rows import event_row, job_of, result_row, state_row
from executor.adapters.snowflake_session import SnowflakeSession
from executor.core.transitions import RANK
from executor.ports import Batch, StateMissingError

log = structlog.get_logger()


class SnowflakeStore:
    """The ``Store`` port on Snowflake."""

    def __init__(self, session: SnowflakeSession, probe: SnowflakeSession, max_queue_age_s: int) -> None:
        """``probe`` asks only what Snowflake answers without a warehouse."""
        self._session = session
        self._probe = probe
        self._max_queue_age_s = max_queue_age_s

    async def installation(self) -> str:
        """The name that this queue was installed under."""
        answer = await self._session.run("installation")
        if not answer.rows:
            raise StateMissingError("the table INSTALLATION is empty; run reporting deploy snowflake")
        return str(answer.rows[0]["installation"])

    async def intake_token(self) -> str:
        """A value that differs after every new request."""
        answer = await self._probe.run("intake_token")
        return str(answer.rows[0]["token"])

    async def fence(self) -> int:
        """The fence of the leader row."""
        answer = await self._session.run("leader")
        if not answer.rows:
            raise StateMissingError("state_missing: the leader row is gone; run reporting recover")
        return int(answer.rows[0]["fence"])

    async def take_fence(self, known: int, holder: str) -> int | None:
        """Take the next fence, unless another was faster."""
        answer = await self._session.run("take_fence", fence=known, holder=holder)
        return known + 1 if answer.changed == 1 else None

    async def restamp(self, fence: int) -> None:
        """Give open rows of earlier leaders to this fence."""
        await self._session.run("restamp", fence=fence)

    async def claim(self, fence: int, claim_id: str, slots: int) -> None:
        """Claim due jobs."""
        await self._session.run(
            "claim",
            fence=fence,
            slots=slots,
            claim_id=claim_id,
            claimed_rank=RANK[JobState.CLAIMED],
            ended_rank=RANK[JobState.EXPIRED],
            max_queue_age_s=self._max_queue_age_s,
        )

    async def claimed(self, claim_id: str) -> list[JobRow]:
        """The jobs that a claim took."""
        return _jobs((await self._session.run("claimed", claim_id=claim_id)).rows)

    async def open_jobs(self) -> list[JobRow]:
        """All jobs that were claimed and have not ended."""
        return _jobs((await self._session.run("open_jobs")).rows)

    async def waiting(self) -> int:
        """How many jobs nobody claimed yet."""
        return int((await self._session.run("waiting_count")).rows[0]["waiting"])

    async def next_due_s(self) -> float | None:
        """Seconds until a waiting job is due."""
        seconds = (await self._session.run("next_due")).rows[0]["seconds"]
        return None if seconds is None else float(seconds)

    async def definitions(self, keys: Iterable[tuple[str, int]]) -> dict[tuple[str, int], ReportDefinition]:
        """Report definitions by type and version; one that cannot be read is left out, and said."""
        wanted = json.dumps([{"report_type": name, "version": version} for name, version in keys])
        found: dict[tuple[str, int], ReportDefinition] = {}
        for row in (await self._session.run("definitions", keys=wanted)).rows:
            key = (str(row["report_type"]), int(row["version"]))
            try:
                found[key] = ReportDefinition.model_validate_json(row["definition"])
            except ValidationError as error:
                log.warning("unreadable definition", action="definition_unreadable", key=key, reason=str(error))
        return found

    async def write(self, fence: int, batch: Batch) -> int:
        """Write a batch forward; results and events first, so that an ended row never stands without its reason."""
        if batch.results:
            rows = json.dumps([result_row(result) for result in batch.results])
            await self._session.run("insert_results", rows=rows, fence=fence)
        if batch.events:
            await self._session.run("insert_events", rows=json.dumps([event_row(e) for e in batch.events]), fence=fence)
        if not batch.changes:
            return 0
        rows = json.dumps([state_row(change) for change in batch.changes])
        return (await self._session.run("write_state", rows=rows, fence=fence)).changed

    async def progress(self, request_ids: Sequence[str]) -> dict[str, tuple[int, int, int]]:
        """How far these rows are; a row that is gone is left out."""
        answer = await self._session.run("read_state", request_ids=json.dumps(list(request_ids)))
        return {row["request_id"]: (row["attempt"], row["launch_try"], row["status_rank"]) for row in answer.rows}


def _jobs(rows: list[dict[str, Any]]) -> list[JobRow]:
    jobs = []
    for row in rows:
        try:
            jobs.append(job_of(row))
        except ValueError as error:
            log.error("unreadable row", action="row_unreadable", request_id=row.get("request_id"), reason=str(error))  # noqa: TRY400 - the row is the news, not where it was read
    return jobs
