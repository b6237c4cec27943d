"""What became of a launch whose answer nobody heard: asked of ECS first, then of what the task left in S3."""

from datetime import timedelta

from contract.ids import started_by
from contract.job import JobRow
from executor.core.launch_answers import Accepted, Unknown
from executor.core.tasks import FORGOTTEN, TaskView
from executor.means import Means
from executor.ports import Artifacts, Clock, Launcher

READS = 3
"""To find the tasks of an attempt takes two lists and one description."""


class Whereabouts:
    """Finds the task of an attempt, so that the same bytes start no second one."""

    def __init__(self, launcher: Launcher, artifacts: Artifacts, means: Means, clock: Clock, installation: str) -> None:
        """``installation`` is part of the tag by which a task is found."""
        self._launcher, self._artifacts, self._clock = launcher, artifacts, clock
        self._reads, self._definitions = means.budgets.reads, means.definitions
        self._installation = installation

    async def of(self, job: JobRow, cluster: str) -> Accepted | Unknown | None:
        """The task of this attempt, running, stopped or forgotten; None when there was none, Unknown when it is open.

        Raises:
            CloudUnavailableError: ECS or S3 could not be asked.
        """
        for _ in range(READS):
            await self._reads.take()
        found = await self._launcher.find(cluster, started_by(self._installation, job.job_id, job.attempt))
        return Accepted(found[0]) if found else await self._left_behind(job)

    async def _left_behind(self, job: JobRow) -> Accepted | Unknown | None:
        # ECS forgets a task an hour after its end, and its token with it: the same bytes would start a second one.
        # What the first left in S3 says that it was there.
        manifest = await self._artifacts.manifest(str(job.result_uri))
        if manifest is not None:
            return Accepted(TaskView(manifest.task_arn, FORGOTTEN))
        marker = await self._artifacts.start_marker(str(job.result_uri))
        if marker is None:
            return None
        if marker.task_arn.startswith("arn:"):
            return Accepted(TaskView(marker.task_arn, "UNKNOWN"))
        timeout_s = self._definitions.effective(job).timeout_s
        if self._clock.now() < marker.started_at + timedelta(seconds=timeout_s):
            return Unknown("a task that does not say its name works on this attempt; its manifest is waited for")
        return Accepted(TaskView(marker.task_arn, FORGOTTEN))
