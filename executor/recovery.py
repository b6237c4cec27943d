"""Rebuilds ``JOB_STATE`` and history from what attempts left in S3; adds rows, and changes none that is there.

As long as the leader row is missing nothing is claimed, so it comes back last: what was rebuilt is there by then. Where
it is not missing, the fence is taken first, and a leader that took it back meanwhile makes every later statement add
nothing, which is told.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from contract.ids import result_prefix
from contract.job import JobRow
from contract.states import JobState
from executor.adapters.s3_artifacts import S3Artifacts
from executor.adapters.snowflake_rows import MAX_STATEMENT_BYTES, event_row, job_of, pieces, result_row, state_row
from executor.core import files
from executor.core.causes import Catalogue
from executor.core.failures import claims_success
from executor.core.recover import Attempt, Folder, Rebuilt, backfills, folder_of, rebuilt
from executor.ports import Change

HOLDER: Final = "reporting recover"
KEYS_PER_LINE: Final = 10_000


class Queue(Protocol):
    """Statements by name on the queue's schema."""

    def rows(self, name: str, **values: object) -> list[dict[str, Any]]:
        """The rows of a statement."""


class RecoveryError(RuntimeError):
    """What was lost cannot be put back as things are; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be put back, and what cannot be.

    Attributes:
        fence: that of the leader row, None when it is missing.
        jobs: rows to add with their results and history.
        untraced: jobs that left nothing in S3, with their age in seconds.
        backfills: CALLs for what nobody asked for any more.
    """

    fence: int | None
    jobs: tuple[Rebuilt, ...]
    untraced: tuple[tuple[str, int], ...]
    backfills: tuple[str, ...]

    @property
    def nothing_to_do(self) -> bool:
        """Whether no row would be added."""
        return self.fence is not None and not self.jobs


@dataclass(frozen=True, slots=True)
class Done:
    """How many rows were added."""

    states: int
    results: int
    events: int
    leader: bool


async def traces(s3: Any, bucket: str, say: Callable[[int], None]) -> list[Folder]:
    """Every attempt that left something below ``reports/``; ``say`` hears now and then how many files were seen."""
    found: dict[str, Folder] = {}
    seen = 0
    async for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="reports/"):
        for item in page.get("Contents", ()):
            if (folder := folder_of(item["Key"])) is not None:
                found[folder.prefix] = folder
        before, seen = seen, seen + len(page.get("Contents", ()))
        if before // KEYS_PER_LINE < seen // KEYS_PER_LINE:
            say(seen)
    say(seen)
    return list(found.values())


async def planned(
    queue: Queue, folders: Sequence[Folder], artifacts: S3Artifacts, bucket: str, catalogue: Catalogue
) -> Plan:
    """What would be put back; reads only."""
    leader = queue.rows("leader")
    (installation,) = queue.rows("installation")
    known = frozenset(str(row["job_id"]) for row in queue.rows("recover_known"))
    of_job: dict[str, list[Folder]] = {}
    for folder in folders:
        of_job.setdefault(folder.job_id, []).append(folder)
    jobs: list[Rebuilt] = []
    untraced: list[tuple[str, int]] = []
    for row in queue.rows("recover_missing"):
        job = _asked(row)
        attempts = [await _left(artifacts, bucket, folder) for folder in _own(job, of_job.get(job.job_id, ()))]
        if attempts:
            jobs.append(rebuilt(job, attempts, cancelled=bool(row["cancelled"]), catalogue=catalogue))
        else:
            untraced.append((job.job_id, int(row["age_s"])))
    calls = backfills(folders, known, str(installation["installation"]))
    return Plan(int(leader[0]["fence"]) if leader else None, tuple(jobs), tuple(untraced), calls)


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
    leader = plan.fence is None and bool(_added(queue.rows("recover_leader")))
    return Done(states, results, events, leader)


def _fence(queue: Queue, plan: Plan) -> int:
    if plan.fence is None:
        return 0
    queue.rows("take_fence", fence=plan.fence, holder=HOLDER)
    (leader,) = queue.rows("leader")
    if int(leader["fence"]) != plan.fence + 1 or leader["holder"] != HOLDER:
        raise RecoveryError("an executor leads this queue: stop it, and repeat; nothing was put back")
    return plan.fence + 1


def _add(queue: Queue, name: str, rows: Sequence[Mapping[str, object]], fence: int) -> int:
    texts = [json.dumps(row, allow_nan=False) for row in rows]
    return sum(
        _added(queue.rows(name, rows=f"[{','.join(piece)}]", fence=fence))
        for piece in pieces(texts, MAX_STATEMENT_BYTES)
    )


def _added(answer: Sequence[Mapping[str, Any]]) -> int:
    return int(next(iter(answer[0].values()))) if answer else 0


def _asked(row: Mapping[str, Any]) -> JobRow:
    fresh = {"status": JobState.QUEUED, "attempt": 0, "launch_try": 0, "status_rank": 0}
    return job_of({key: value for key, value in row.items() if key not in {"age_s", "cancelled"}} | fresh)


def _own(job: JobRow, folders: Iterable[Folder]) -> list[Folder]:
    # A folder of the same job id below another type or day is not this job's.
    mine = [
        one
        for one in folders
        if one.attempt >= 1 and one.prefix == result_prefix(job.report_type, job.business_date, job.job_id, one.attempt)
    ]
    return sorted(mine, key=lambda one: one.attempt)


async def _left(artifacts: S3Artifacts, bucket: str, folder: Folder) -> Attempt:
    uri = f"s3://{bucket}/{folder.prefix}"
    manifest = await artifacts.manifest(uri)
    if manifest is not None and (manifest.job_id, manifest.attempt) != (folder.job_id, folder.attempt):
        manifest = None
    wrong: list[str] = []
    if manifest is not None and claims_success(manifest):
        for file in manifest.files:
            fault = files.wrong(file, await artifacts.stored(uri, file.name))
            wrong.extend([fault] if fault else [])
    return Attempt(folder.attempt, uri, await artifacts.start_marker(uri), manifest, tuple(wrong))
