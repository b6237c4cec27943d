"""Puts rows back that a plan names; what is there stays as it is."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

from contract.job import JobRow
from contract.request import PAYLOAD_VERSION
from executor.adapters.snowflake_rows import MAX_STATEMENT_BYTES, event_row, pieces, result_row, state_row
from executor.batches import Change
from executor.recovery.plan import Plan, Queue

HOLDER: Final = "reporting recover"
_OF_REQUESTS: Final = (
    "request_id", "job_id", "report_type", "report_version", "params", "options", "priority", "business_date",
    "trace_id",
)  # fmt: skip


class RecoveryError(RuntimeError):
    """What was lost cannot be put back as things are; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Done:
    """How many rows were added."""

    states: int
    results: int
    events: int
    leader: bool
    requests: int = 0


def carry_out(queue: Queue, plan: Plan) -> Done:
    """Put back what is missing; again, it adds nothing.

    Raises:
        RecoveryError: an executor leads and took the fence back.
    """
    fence = _fence(queue, plan)
    results = _add(queue, "recover_results", [result_row(one) for job in plan.jobs for one in job.results], fence)
    events = _add(queue, "recover_events", [event_row(one) for job in plan.jobs for one in job.events], fence)
    rows = [state_row(Change(one.job, None)) | {"job_id": one.job.job_id} for one in plan.jobs]
    states = _add(queue, "recover_state", rows, fence)
    if states < len(rows) and (left := queue.rows("leader")) and int(left[0]["fence"]) != fence:
        raise RecoveryError(
            f"{states} of {len(rows)} states were put back, then an executor took the queue: stop it, and repeat"
        )
    requests = _add(queue, "recover_requests", [_request_row(one) for one in plan.requests])
    leader = plan.fence is None and bool(_added(queue.rows("recover_leader")))
    return Done(states, results, events, leader, requests)


def _fence(queue: Queue, plan: Plan) -> int:
    if plan.fence is None:
        return 0
    queue.rows("take_fence", fence=plan.fence, holder=HOLDER)
    (leader,) = queue.rows("leader")
    if int(leader["fence"]) != plan.fence + 1 or leader["holder"] != HOLDER:
        raise RecoveryError("an executor leads this queue: stop it, and repeat; nothing was put back")
    return plan.fence + 1


def _add(queue: Queue, name: str, rows: Sequence[Mapping[str, object]], fence: int | None = None) -> int:
    texts = [json.dumps(row, allow_nan=False) for row in rows]
    holder = {} if fence is None else {"fence": fence}
    return sum(
        _added(queue.rows(name, rows=f"[{','.join(piece)}]", **holder)) for piece in pieces(texts, MAX_STATEMENT_BYTES)
    )


def _added(answer: Sequence[Mapping[str, Any]]) -> int:
    return int(next(iter(answer[0].values()))) if answer else 0


def _request_row(job: JobRow) -> dict[str, object]:
    row = {name: getattr(job, name) for name in _OF_REQUESTS}
    return row | {
        "business_date": None if job.business_date is None else job.business_date.isoformat(),
        "enqueued_at": job.enqueued_at.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" "),
        "payload_version": PAYLOAD_VERSION,
    }
