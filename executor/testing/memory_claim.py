"""Which of the due jobs a claim takes: pauses, caps and turns, as the second half of ``claim.sql`` has them."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from contract.job import JobRow
from contract.policy import Caps
from contract.report import ReportDefinition
from contract.states import JobState
from executor.testing.memory_pauses import Pause, is_paused
from executor.testing.memory_queue import Asked, Ordered, StateRow, is_cancelled

_NO_CAP = 1_000_000


@dataclass(frozen=True, slots=True)
class _Candidate:
    asked: Asked
    report_type: str
    requested_by: str
    turn: int

    @property
    def order(self) -> tuple[object, ...]:
        return (-self.asked.request.priority, self.turn, *self.asked.order)


def choose(
    due: Iterable[Asked],
    open_jobs: Collection[JobRow],
    types: Mapping[tuple[str, int], ReportDefinition],
    pauses: Mapping[str, Pause],
    slots: int,
    caps: Caps,
) -> list[str]:
    """The request ids that a claim takes, best first.

    Args:
        due: what may be claimed by its time, the oldest first.
        open_jobs: every job that was claimed and has not ended.
        types: definitions by type and version; the newest version's ``max_running`` counts.
        pauses: the last word on each type.
        slots: how many jobs at most.
        caps: how many of one type and of one requester at most, those at work included.
    """
    busy = [job for job in open_jobs if job.status is not JobState.RETRY_WAIT]
    of_type = Counter(job.report_type for job in busy)
    of_requester = Counter(job.requested_by for job in busy)
    type_caps = _type_caps(types)
    per_type = _NO_CAP if caps.per_type is None else caps.per_type
    per_requester = _NO_CAP if caps.per_requester is None else caps.per_requester

    def cap_of(report_type: str) -> int:
        return type_caps.get(report_type, per_type)

    allowed = [
        asked
        for asked in due
        if of_type[asked.request.report_type] < cap_of(asked.request.report_type)
        and of_requester[asked.requested_by] < per_requester
        and not is_paused(asked.request.report_type, pauses)
    ]
    best = sorted(_in_turn(allowed, of_type), key=lambda one: one.order)
    best = _within(best, lambda one: one.requested_by, of_requester, lambda _name: per_requester)
    best = _within(best, lambda one: one.report_type, of_type, cap_of)
    return [one.asked.request.request_id for one in best[:slots]]


def due_moments(
    intake: Mapping[str, Asked],
    state: Mapping[str, StateRow],
    orders: Collection[Ordered],
    pauses: Mapping[str, Pause],
) -> list[datetime]:
    """When each waiting job is due, those of paused types left out; a cancel that nobody carried out is due at once."""
    moments = []
    for key, asked in intake.items():
        row = state.get(key)
        waits = row is None or row.job.status is JobState.RETRY_WAIT
        if waits and not is_paused(asked.request.report_type, pauses):
            moments.append((row and row.job.due_at) or asked.request.not_before or asked.enqueued_at)
        stopping = row is not None and (not row.open or row.job.status is JobState.CANCELLING)
        if row is not None and not stopping and is_cancelled(asked, orders):
            moments.append(asked.enqueued_at)
    return moments


def _type_caps(types: Mapping[tuple[str, int], ReportDefinition]) -> dict[str, int]:
    newest = {name: definition for (name, _version), definition in sorted(types.items(), key=lambda item: item[0])}
    given = {name: definition.max_running for name, definition in newest.items()}
    return {name: cap for name, cap in given.items() if cap is not None}


def _in_turn(allowed: Iterable[Asked], of_type: Mapping[str, int]) -> list[_Candidate]:
    seen: Counter[tuple[int, str]] = Counter()
    found = []
    for asked in allowed:
        name = asked.request.report_type
        seen[asked.request.priority, name] += 1
        turn = of_type[name] + seen[asked.request.priority, name]
        found.append(_Candidate(asked, name, asked.requested_by, turn))
    return found


def _within(
    best: Iterable[_Candidate],
    key: Callable[[_Candidate], str],
    busy: Mapping[str, int],
    cap_of: Callable[[str], int],
) -> list[_Candidate]:
    taken: Counter[str] = Counter()
    kept = []
    for one in best:
        taken[key(one)] += 1
        if busy[key(one)] + taken[key(one)] <= cap_of(key(one)):
            kept.append(one)
    return kept
