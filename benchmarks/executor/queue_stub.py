"""A stub of the queue for benchmarks: the shipped memory store in a process of its own, behind a Unix socket.

Jobs are ready from the start and claimed in their order, so that a hundred thousand of them cost the stub as much
each as a thousand do. Every statement is answered after the time that one takes in Snowflake.
"""

import argparse
import asyncio
import pickle
import sys
import time
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from benchmarks.executor.queue_client import LENGTH
from contract.job import JobRow
from contract.report import Query, ReportDefinition
from contract.request import RequestOptions, RunRequest
from contract.states import JobState
from executor.batches import Batch
from executor.core.transitions import RANK
from executor.testing.memory_queue import StateRow
from executor.testing.memory_store import MemoryStore

FREE = {"intake_token", "quiet", "installation"}
"""Methods that send no statement to a warehouse."""


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - a server of its own has a clock of its own


class StubQueue(MemoryStore):
    """The memory store, with claims and writes that cost the same however many jobs there are."""

    def __init__(self, jobs: int, arns: list[str]) -> None:
        """So many jobs that wait, or jobs that run already as these tasks."""
        super().__init__(_now, installation="bench")
        self.define("SALES_REPORT", 1, sales_report())
        self._waits = [request_of(number) for number in reversed(range(jobs))]
        self._claims: dict[str, list[str]] = {}
        self.statements: Counter[str] = Counter()
        self.ended = 0
        for number, arn in enumerate(arns):
            self.enqueue(request_of(number))
            self.state[f"request-{number:06d}"] = StateRow(_running(number, arn), 0)

    async def claim(self, fence: int, claim_id: str, slots: int, *_more: Any, **_named: Any) -> Any:
        """Claim the next jobs in their order."""
        claimed = [self._waits.pop() for _ in range(min(slots, len(self._waits)))]
        for request in claimed:
            self.enqueue(request)
            self._take(request.request_id, fence, claim_id)
        self._claims[claim_id] = [request.request_id for request in claimed]

    async def claimed(self, claim_id: str) -> list[JobRow]:
        """The jobs that a claim took."""
        return [self.state[key].job for key in self._claims.get(claim_id, ())]

    async def next_due_s(self) -> float | None:
        """Jobs that wait are due."""
        return 0.0 if self._waits else None

    async def write(self, fence: int, batch: Batch) -> int:
        """Write a batch; a job that has ended is only counted, and events are not kept."""
        moved = await super().write(fence, Batch(changes=batch.changes))
        for change in batch.changes:
            if change.job.finished_at is not None and change.job.request_id in self.state:
                del self.state[change.job.request_id]
                self.intake.pop(change.job.request_id, None)
                self.ended += 1
        return moved

    async def told(self) -> dict[str, Any]:
        """What the stub counted."""
        return {"statements": dict(self.statements), "ended": self.ended, "waiting": len(self._waits)}


def sales_report() -> ReportDefinition:
    """A report type as it is installed."""
    query = Query(name="top", sql="SELECT category, SUM(amount) FROM shop.orders GROUP BY 1 ORDER BY 2 DESC")
    return ReportDefinition(title="Sales", queries=(query,))


def request_of(number: int) -> RunRequest:
    """The request of the job of that number."""
    return RunRequest(
        request_id=f"request-{number:06d}",
        job_id=f"job-{number:06d}",
        report_type="SALES_REPORT",
        report_version=1,
        params={},
        options=RequestOptions(),
        priority=50,
        business_date=date(2026, 3, 1),
        source="bench",
        trace_id=f"{number:032x}",
    )


def _running(number: int, arn: str) -> JobRow:
    now, request = _now(), request_of(number)
    return JobRow(
        **request.model_dump(include={"request_id", "job_id", "report_type", "report_version", "priority"}),
        params={},
        business_date=request.business_date,
        requested_by="ANALYST",
        trace_id=request.trace_id,
        enqueued_at=now,
        status=JobState.RUNNING,
        status_rank=RANK[JobState.RUNNING],
        attempt=1,
        launch_try=1,
        claim_id="0" * 32,
        launch_token=f"{number:064x}",
        launch_profile="0123456789abcdef",
        task_arn=arn,
        capacity_provider="FARGATE",
        cpu=1024,
        memory_mb=2048,
        claimed_at=now,
        launched_at=now,
        started_at=now,
        result_uri=f"s3://reports-bucket/reports/SALES_REPORT/2026-03-01/job-{number:06d}/1/",
    )


async def _serve(queue: StubQueue, path: Path, answer_s: float) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.read(LENGTH.size):
            method, values = pickle.loads(await reader.readexactly(*LENGTH.unpack(head)))  # noqa: S301 - from our own parent
            began_s = time.monotonic()
            try:
                answer: object = await getattr(queue, method)(*values)
            except Exception as error:  # noqa: BLE001 - whatever it is goes to whoever asked
                answer = error
            if method != "told":
                queue.statements[method] += 1
                await asyncio.sleep(max(0.0, answer_s - (time.monotonic() - began_s)))
            data = pickle.dumps(answer)
            writer.write(LENGTH.pack(len(data)) + data)

    server = await asyncio.start_unix_server(talk, path)
    sys.stdout.write("{}\n")
    sys.stdout.flush()
    await server.serve_forever()


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--jobs", type=int, default=0)
    parser.add_argument("--running", type=Path, help="a file of ARNs, one in a line: tasks of jobs that run already")
    parser.add_argument("--answer-s", type=float, default=0.15)
    given = parser.parse_args()
    arns = given.running.read_text(encoding="utf-8").split() if given.running else []
    asyncio.run(_serve(StubQueue(given.jobs, arns), given.socket, given.answer_s))


if __name__ == "__main__":
    main()
