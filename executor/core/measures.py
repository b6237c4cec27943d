"""How long the parts of an attempt took, by the clocks of ECS and of the queue."""

from dataclasses import dataclass
from datetime import datetime

from contract.job import JobRow
from contract.manifest import Manifest
from executor.core.tasks import TaskView


@dataclass(frozen=True, slots=True)
class Measures:
    """Seconds; None where it never came to that, or nobody knows.

    Attributes:
        start_s: from the claim of the attempt until its container ran.
        pull_s: of these, the pull of the image.
        run_s: from the container's start to its end.
    """

    start_s: float | None
    pull_s: float | None
    run_s: float | None


def measure(job: JobRow, task: TaskView | None, manifest: Manifest | None) -> Measures:
    """What an ended attempt took; where ECS forgot the task, what its manifest says."""
    if task is None:
        ran = manifest and (manifest.started_at, manifest.finished_at)
        begun_at, ended_at = ran or (job.started_at, None)
        return Measures(_between(job.claimed_at, begun_at), None, _between(begun_at, ended_at))
    return Measures(
        start_s=_between(job.claimed_at, task.started_at),
        pull_s=_between(task.pull_started_at, task.pull_stopped_at),
        run_s=_between(task.started_at, task.stopped_at),
    )


def _between(begin: datetime | None, end: datetime | None) -> float | None:
    # The claim is timed by Snowflake and the start by ECS; the two clocks may differ by a little.
    return None if begin is None or end is None else max(0.0, round((end - begin).total_seconds(), 3))
