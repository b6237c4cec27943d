"""What a pruning forgets: the same rules as the statements ``prune_*.sql``."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from contract.commands import CommandKind
from contract.states import JobState
from executor.testing.memory_pauses import Pause
from executor.testing.memory_queue import Asked, Ordered, StateRow


def old_requests(state: Mapping[str, StateRow], before: datetime) -> set[str]:
    """The requests of jobs that ended before a moment; a repetition goes with the job that it repeats."""
    jobs: dict[str, list[StateRow]] = defaultdict(list)
    for row in state.values():
        jobs[row.job.job_id].append(row)
    return {row.job.request_id for rows in jobs.values() if _is_old(rows, before) for row in rows}


def _is_old(rows: list[StateRow], before: datetime) -> bool:
    if any(row.open for row in rows):
        return False
    own = [row for row in rows if row.job.status is not JobState.DUPLICATE]
    ends = [row.job.finished_at for row in own or rows if row.job.finished_at is not None]
    return max(ends) < before


def kept_orders(
    orders: Iterable[Ordered], done: str, before: datetime, asked: Iterable[Asked], noted: Mapping[str, Pause]
) -> list[Ordered]:
    """The orders that stay: not the one that was carried out, no old ones that nothing depends on any more."""
    jobs = {one.request.job_id for one in asked}

    def is_over(order: Ordered) -> bool:
        if order.at >= before or order.target is None:
            return False
        if order.kind is CommandKind.CANCEL:
            return order.target not in jobs
        word = noted.get(order.target)
        return order.kind is not CommandKind.PRUNE and word is not None and word.at >= order.at

    return [order for order in orders if order.request_id != done and not is_over(order)]
