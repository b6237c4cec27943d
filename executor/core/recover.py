"""What a job's state was, from what its attempts left in S3: for the day on which the table of states is lost.

A manifest of success whose files are there makes the job SUCCEEDED. A newest attempt that left ``failure.json`` makes
it FAILED, or CANCELLED if somebody had cancelled it: how often it might still have been tried stood in the table. A
newest attempt of which only the start marker is there is a task that may be alive: the job is LAUNCHED with that task,
and the executor asks ECS, as after every take-over. Its attempt number goes on counting, so no prefix is ever used
twice. Of a job without any trace nothing ran, as far as S3 tells, and nothing is made up.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from contract.events import AttemptResult, Event, JobEvent
from contract.ids import calendar_job_id
from contract.job import JobRow
from contract.manifest import FAILURE_NAME, MANIFEST_NAME, START_MARKER_NAME, Manifest, StartMarker
from contract.policy import RetryPolicy
from contract.states import JobState
from executor.core.causes import EMPTY, Catalogue
from executor.core.failures import Evidence, claims_success
from executor.core.settle import event, settle
from executor.core.transitions import RANK

LOST_COLUMNS: Final = (
    "claim_id", "holder", "session_id", "due_at", "start_deadline_at", "deadline_at", "launch_token", "launch_profile",
    "capacity_provider", "cpu", "memory_mb", "claimed_at", "launched_at", "cost_usd", "waits_since",
)  # fmt: skip
"""Columns of ``JOB_STATE`` that nothing in S3 tells of an ended job."""

_LEFT: Final = re.compile(
    r"reports/(?P<type>[A-Z][A-Z0-9_]*)/(?P<day>\d{4}-\d{2}-\d{2}|adhoc)/(?P<job>[A-Za-z0-9_-]{1,80})/(?P<attempt>\d{1,9})/"
    rf"(?P<file>{START_MARKER_NAME}|{MANIFEST_NAME}|{FAILURE_NAME})".replace(".json", r"\.json")
)
_FIRST_DAY: Final = re.compile(r".*_(\d{4}-\d{2}-\d{2})_[0-9a-f]{12}")
# With one attempt for the report and none for the cloud, no container's end is tried again.
_NO_MORE: Final = RetryPolicy(max_infra_failures=0)


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder of one attempt, as its key says it; ``prefix`` ends in a slash."""

    prefix: str
    report_type: str
    business_date: date | None
    job_id: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one attempt left; a manifest of success only counts without ``wrong_files``."""

    number: int
    result_uri: str
    marker: StartMarker | None
    manifest: Manifest | None
    wrong_files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A job's row with its results and history, as far as they can be told again."""

    job: JobRow
    results: tuple[AttemptResult, ...]
    events: tuple[Event, ...]


def folder_of(key: str) -> Folder | None:
    """The attempt that this key belongs to, or None when it is neither a start marker nor a manifest."""
    found = _LEFT.fullmatch(key)
    if found is None:
        return None
    try:
        day = None if found["day"] == "adhoc" else date.fromisoformat(found["day"])
    except ValueError:
        return None
    prefix = key.removesuffix(found["file"])
    return Folder(prefix, found["type"], day, found["job"], int(found["attempt"]))


def rebuilt(job: JobRow, attempts: Sequence[Attempt], *, cancelled: bool, catalogue: Catalogue = EMPTY) -> Rebuilt:
    """A job's row, results and history from its attempts.

    Args:
        job: the request; what it says of its state does not count.
        attempts: at least one, in the order of their numbers.
        cancelled: whether somebody cancelled it after it was asked for.
        catalogue: known texts of failures.
    """
    results: list[AttemptResult] = []
    events: list[Event] = []
    told = attempts if (done := _first_success(attempts)) is None else attempts[: done + 1]
    for attempt in told:
        last = attempt is told[-1]
        job = _at_work(job, attempt, cancelled=cancelled and last)
        if attempt.marker is not None:
            task = {"task_arn": attempt.marker.task_arn}
            events.append(event(job, JobEvent.STARTED, attempt.marker.started_at, **task))
        if attempt.manifest is None:
            continue
        evidence = Evidence("", None, attempt.manifest, wrong_files=attempt.wrong_files)
        at = attempt.manifest.finished_at
        ended = settle(job, evidence, max_attempts=1, policy=_NO_MORE, now=at, dice=0.0, catalogue=catalogue)
        job = ended.job
        results.extend([ended.result] if ended.result else [])
        planned = event(job, JobEvent.RETRY_PLANNED, at, cause_id=job.cause_id)
        events.extend(ended.events if last else [planned])
    return Rebuilt(job, tuple(results), tuple(events))


def backfills(folders: Iterable[Folder], known: frozenset[str], installation: str) -> tuple[str, ...]:
    """The CALLs that make reports of the calendar again whose files are there, but which nobody asked for any more.

    Args:
        folders: all attempts that left something.
        known: ids of jobs that were asked for, or pruned.
        installation: its name; jobs of others in the same bucket are left alone.
    """
    lost: dict[str, list[tuple[date, date]]] = {}
    for folder in folders:
        found = _FIRST_DAY.fullmatch(folder.job_id)
        if found is None or folder.business_date is None or folder.job_id in known:
            continue
        try:
            first = date.fromisoformat(found[1])
        except ValueError:
            continue
        if calendar_job_id(installation, folder.report_type, first) == folder.job_id:
            lost.setdefault(folder.report_type, []).append((first, folder.business_date))
    return tuple(
        backfill_call(name, first, last) for name, days in sorted(lost.items()) for first, last in sorted(set(days))
    )


def backfill_call(report_type: str, first: date, last: date) -> str:
    """The CALL that makes the reports of a type again whose periods lie between two days, those that are not there."""
    return f"CALL backfill_reports('{report_type}', '{first}'::DATE, '{last}'::DATE);"


def _first_success(attempts: Sequence[Attempt]) -> int | None:
    good = (place for place, one in enumerate(attempts) if claims_success(one.manifest) and not one.wrong_files)
    return next(good, None)


def _at_work(job: JobRow, attempt: Attempt, *, cancelled: bool) -> JobRow:
    manifest, marker = attempt.manifest, attempt.marker
    task_arn = manifest.task_arn if manifest else (marker.task_arn if marker else "")
    named = task_arn.startswith("arn:")
    began = marker.started_at if marker else None
    # A task of no name is looked for under its startedBy, as one of which the answer to its launch was lost.
    status = JobState.LAUNCHED if named or manifest else JobState.CLAIMED
    if cancelled and manifest:
        status = JobState.CANCELLING
    return replace(
        job,
        status=status,
        status_rank=RANK[status],
        attempt=attempt.number,
        # A launch is the first try of its attempt unless RunTask was refused, which nothing in S3 tells.
        launch_try=0 if status is JobState.CLAIMED else 1,
        task_arn=task_arn if named else None,
        result_uri=attempt.result_uri,
        launched_at=began if not manifest and named else None,
        started_at=manifest.started_at if manifest else None,
        finished_at=None,
        failure_class=None,
        cause_id=None,
    )
