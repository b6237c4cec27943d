"""What counts as lost, doubled or without cause: facts of the local ECS, of S3 and of the queue, compared.

Nothing here comes from the executors' own words. How often code ran is counted by the tasks that ECS lists and by the
start markers in S3 with all their versions; what the queue says is held against that.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from contract.ids import JobId
from contract.outcome import ExitCode
from contract.states import TERMINAL, JobState


class Program(StrEnum):
    """What a job's container does, and with that how the job has to end."""

    OK = "ok"
    SLOW = "slow"
    CRASH = "crash"
    FAIL = "fail"
    CANCEL = "cancel"
    REAL = "real"


MAX_ATTEMPTS = 2
MOST_RUNS = {
    Program.OK: 1, Program.SLOW: 1, Program.REAL: 1, Program.CRASH: 2, Program.FAIL: MAX_ATTEMPTS, Program.CANCEL: 1,
}  # fmt: skip
"""So often code may run for a job: whatever happens to executors, no report is made more often than it must be."""
ENDS = {
    Program.OK: {JobState.SUCCEEDED}, Program.SLOW: {JobState.SUCCEEDED}, Program.REAL: {JobState.SUCCEEDED},
    Program.CRASH: {JobState.SUCCEEDED}, Program.FAIL: {JobState.FAILED},
    Program.CANCEL: {JobState.SUCCEEDED, JobState.CANCELLED},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A request whose CALL was answered."""

    job_id: JobId
    program: Program


@dataclass(frozen=True, slots=True)
class Row:
    """A job as the view shows it."""

    job_id: JobId
    status: str
    attempt: int
    failure_class: str | None
    diagnosis: str | None
    remedy: str | None


@dataclass(frozen=True, slots=True)
class Task:
    """A task as the local ECS tells of it."""

    arn: str
    job_id: JobId
    attempt: int
    exit_code: int | None
    started_at: datetime | None
    stopped_at: datetime | None

    @property
    def worked(self) -> bool:
        """Whether its code ran, and was not turned away by another's start marker."""
        return self.started_at is not None and self.exit_code != ExitCode.ALREADY_WORKED_ON


@dataclass(frozen=True, slots=True)
class Left:
    """What an attempt left in S3: who wrote its start marker, version by version, and what its manifest says.

    Attributes:
        markers: the task in each version of ``started.json``; more than one is a marker that was written over.
        status: the manifest's, None where there is none.
        files_right: whether every file of the manifest is there with its size and SHA-256.
    """

    job_id: JobId
    attempt: int
    markers: tuple[str, ...]
    status: str | None
    files_right: bool


class Kind(StrEnum):
    """By what a job was wronged."""

    LOST = "lost"
    DOUBLED = "doubled"
    NO_CAUSE = "without cause"


@dataclass(frozen=True, slots=True)
class Wrong:
    """One broken promise."""

    kind: Kind
    job_id: JobId
    says: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is compared."""

    asked: Sequence[Asked]
    rows: Sequence[Row]
    tasks: Sequence[Task]
    left: Sequence[Left]


def judge(facts: Facts) -> list[Wrong]:
    """Every broken promise, job by job."""
    rows = {row.job_id: row for row in facts.rows}
    tasks: dict[JobId, list[Task]] = defaultdict(list)
    left: dict[JobId, list[Left]] = defaultdict(list)
    for task in facts.tasks:
        tasks[task.job_id].append(task)
    for found in facts.left:
        left[found.job_id].append(found)
    asked = {each.job_id: each.program for each in facts.asked}
    wrongs: list[Wrong] = []
    for job_id, program in asked.items():
        wrongs += _lost(job_id, rows.get(job_id), left[job_id])
        wrongs += _doubled(job_id, program, tasks[job_id], left[job_id])
        wrongs += _without_cause(program, rows.get(job_id))
    for job_id in sorted((set(tasks) | set(left)) - set(asked)):
        wrongs.append(Wrong(Kind.DOUBLED, job_id, "nobody asked for it"))
    return wrongs


def turned_away(tasks: Iterable[Task]) -> int:
    """How many second tasks of an attempt there were, which found its start marker and did nothing."""
    return sum(task.exit_code == ExitCode.ALREADY_WORKED_ON for task in tasks)


def _lost(job_id: JobId, row: Row | None, left: Sequence[Left]) -> Iterator[Wrong]:
    if row is None:
        yield Wrong(Kind.LOST, job_id, "the CALL was answered, and there is no row")
        return
    if row.status not in TERMINAL:
        yield Wrong(Kind.LOST, job_id, f"has not ended: {row.status}, attempt {row.attempt}")
    made = {each.attempt: each for each in left if each.status == "succeeded"}
    if row.status == JobState.SUCCEEDED and row.attempt not in made:
        yield Wrong(Kind.LOST, job_id, f"SUCCEEDED with attempt {row.attempt}, which left no manifest of success")
    if row.status == JobState.SUCCEEDED and not all(each.files_right for each in made.values()):
        yield Wrong(Kind.LOST, job_id, "SUCCEEDED, and a file is not in S3 as its manifest says")
    if row.status != JobState.SUCCEEDED and made:
        yield Wrong(Kind.LOST, job_id, f"{row.status}, and its report was made")


def _doubled(job_id: JobId, program: Program, tasks: Sequence[Task], left: Sequence[Left]) -> Iterator[Wrong]:
    worked = sorted((task for task in tasks if task.worked), key=lambda task: task.started_at or datetime.min)  # noqa: DTZ901 - worked means started
    attempts = [task.attempt for task in worked]
    if len(set(attempts)) < len(attempts):
        yield Wrong(Kind.DOUBLED, job_id, f"two tasks worked on one attempt: {attempts}")
    for one, next_one in pairwise(worked):
        if one.stopped_at is None or (next_one.started_at and next_one.started_at < one.stopped_at):
            yield Wrong(Kind.DOUBLED, job_id, f"{one.arn} still worked when {next_one.arn} began")
    if len(worked) > MOST_RUNS[program]:
        yield Wrong(
            Kind.DOUBLED, job_id, f"its code ran {len(worked)} times, {MOST_RUNS[program]} are right ({program})"
        )
    for each in left:
        if len(each.markers) > 1:
            yield Wrong(Kind.DOUBLED, job_id, f"attempt {each.attempt} has {len(each.markers)} start markers")
        if unknown := set(each.markers) - {task.arn for task in worked}:
            yield Wrong(Kind.DOUBLED, job_id, f"attempt {each.attempt} was begun by {sorted(unknown)}, which ECS lacks")
    if sum(each.status == "succeeded" for each in left) > 1:
        yield Wrong(Kind.DOUBLED, job_id, "its report was made more than once")


def _without_cause(program: Program, row: Row | None) -> Iterator[Wrong]:
    if row is None or row.status not in TERMINAL:
        return
    if row.status == JobState.FAILED and not (row.failure_class and row.diagnosis and row.remedy):
        yield Wrong(Kind.NO_CAUSE, row.job_id, f"FAILED without saying why and what to do: {row}")
    if row.status == JobState.CANCELLED and not row.diagnosis:
        yield Wrong(Kind.NO_CAUSE, row.job_id, "CANCELLED without saying by whom")
    if row.status not in ENDS[program]:
        yield Wrong(Kind.NO_CAUSE, row.job_id, f"{program} ended {row.status} ({row.failure_class}: {row.diagnosis})")
