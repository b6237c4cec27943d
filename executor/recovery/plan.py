"""What would be put back, and what cannot be."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from contract.ids import result_prefix
from contract.job import JobRow
from contract.states import JobState
from executor.adapters.s3_artifacts import S3Artifacts
from executor.adapters.snowflake_rows import job_of
from executor.core.causes import Catalogue
from executor.core.recover import Attempt, Folder, Rebuilt, backfills, rebuilt
from executor.core.recover_requests import between, is_of_the_calendar, request_again
from executor.recovery.traces import Traces, ends


class Queue(Protocol):
    """Statements by name on the queue's schema."""

    def rows(self, name: str, **values: object) -> list[dict[str, Any]]:
        """The rows of a statement."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be put back, and what cannot be.

    Attributes:
        fence: that of the leader row, None when it is missing.
        jobs: rows to add with their results and history.
        untraced: jobs that left nothing in S3, with their age in seconds.
        backfills: CALLs for what nobody asked for any more, and no request can be put back for.
        requests: what was asked for and is lost, of jobs that have ended.
        of_the_calendar: those of them that the calendar asked for.
        unended: jobs without a request that may still be alive.
        ownerless: jobs without a request that may be another installation's in the same bucket.
        undefined: report types of the requests that are not defined any more.
    """

    fence: int | None
    jobs: tuple[Rebuilt, ...]
    untraced: tuple[tuple[str, int], ...]
    backfills: tuple[str, ...]
    requests: tuple[JobRow, ...] = ()
    of_the_calendar: tuple[JobRow, ...] = ()
    unended: tuple[str, ...] = ()
    ownerless: tuple[str, ...] = ()
    undefined: tuple[str, ...] = ()

    @property
    def nothing_to_do(self) -> bool:
        """Whether no row would be added."""
        return self.fence is not None and not self.jobs and not self.requests


@dataclass(frozen=True, slots=True)
class _Found:
    """What was asked for and has no state, with the folders of each; and folders of jobs that nothing asks for."""

    name: str
    known: frozenset[str]
    asked: tuple[tuple[JobRow, Mapping[str, Any], tuple[Folder, ...]], ...]
    lost: Mapping[str, tuple[Folder, ...]]
    ownerless: tuple[str, ...]

    @property
    def folders(self) -> list[Folder]:
        """All whose files tell something."""
        return [one for found in (*(own for _, _, own in self.asked), *self.lost.values()) for one in found]


async def planned(queue: Queue, traces: Traces, artifacts: S3Artifacts, bucket: str, catalogue: Catalogue) -> Plan:
    """What would be put back; reads only."""
    leader = queue.rows("leader")
    found = _found(queue, traces)
    left = await ends(artifacts, bucket, found.folders)
    jobs = [
        rebuilt(job, [left[one] for one in own], cancelled=bool(row["cancelled"]), catalogue=catalogue)
        for job, row, own in found.asked
        if own
    ]
    requests, stateless, unended = _requests(queue, found, left)
    jobs += [
        rebuilt(one, [left[at] for at in found.lost[one.job_id]], cancelled=False, catalogue=catalogue)
        for one in stateless
    ]
    back = frozenset(one.job_id for one in requests)
    defined = {str(row["report_type"]) for row in queue.rows("recover_types")} if requests else set()
    calendar = [one for one in found.folders if one.job_id in back and is_of_the_calendar(one, found.name)]
    periods = {one.job_id for one in calendar}
    return Plan(
        fence=int(leader[0]["fence"]) if leader else None,
        jobs=tuple(jobs),
        untraced=tuple((job.job_id, int(row["age_s"])) for job, row, own in found.asked if not own),
        backfills=(*backfills(traces.folders, found.known | back, found.name), *between(calendar)),
        requests=tuple(requests),
        of_the_calendar=tuple(one for one in requests if one.job_id in periods),
        unended=tuple(unended),
        ownerless=found.ownerless,
        undefined=tuple(sorted({one.report_type for one in requests} - defined)),
    )


def _found(queue: Queue, traces: Traces) -> _Found:
    name = str(queue.rows("installation")[0]["installation"])
    known = frozenset(str(row["job_id"]) for row in queue.rows("recover_known"))
    of_job: dict[str, list[Folder]] = {}
    for folder in traces.folders:
        of_job.setdefault(folder.job_id, []).append(folder)
    asked = [(_asked(row), row) for row in queue.rows("recover_missing")]
    lost = {job_id: _one_place(own) for job_id, own in of_job.items() if job_id not in known}
    alone = traces.installations <= {name}
    ours = {job_id: own for job_id, own in lost.items() if own and (alone or is_of_the_calendar(own[0], name))}
    return _Found(
        name=name,
        known=known,
        asked=tuple((job, row, _own(job, of_job.get(job.job_id, ()))) for job, row in asked),
        lost=ours,
        ownerless=tuple(sorted(lost.keys() - ours.keys())),
    )


def _requests(
    queue: Queue, found: _Found, left: Mapping[Folder, Attempt]
) -> tuple[list[JobRow], list[JobRow], list[str]]:
    """Requests that come back, those of them without a state, and the jobs that may be alive."""
    states = {str(row["job_id"]): row for row in queue.rows("recover_unasked")} if found.lost else {}
    requests, stateless, unended = list[JobRow](), list[JobRow](), list[str]()
    for job_id, own in sorted(found.lost.items()):
        state = states.get(job_id)
        request_id = str(state["request_id"]) if state else f"recover-{job_id}"
        request = request_again(own[0], [left[one] for one in own], request_id)
        if request is None or (state and not state["ended"]):
            unended.append(job_id)
            continue
        requests.append(request)
        stateless += [] if state else [request]
    return requests, stateless, unended


def _asked(row: Mapping[str, Any]) -> JobRow:
    fresh = {"status": JobState.QUEUED, "attempt": 0, "launch_try": 0, "status_rank": 0}
    return job_of({key: value for key, value in row.items() if key not in {"age_s", "cancelled"}} | fresh)


def _own(job: JobRow, folders: Iterable[Folder]) -> tuple[Folder, ...]:
    # A folder of the same job id below another type or day is not this job's.
    mine = [
        one
        for one in folders
        if one.attempt >= 1 and one.prefix == result_prefix(job.report_type, job.business_date, job.job_id, one.attempt)
    ]
    return tuple(sorted(mine, key=lambda one: one.attempt))


def _one_place(folders: Sequence[Folder]) -> tuple[Folder, ...]:
    # One job id below two types or days is two jobs of two requesters; one request cannot stand for both.
    first = min(folders, key=lambda one: one.prefix)
    same = [one for one in folders if (one.report_type, one.business_date) == (first.report_type, first.business_date)]
    return tuple(sorted((one for one in same if one.attempt >= 1), key=lambda one: one.attempt))
