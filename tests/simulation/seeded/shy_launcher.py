"""A Fargate whose new tasks are invisible for a while: its API is eventually consistent."""

from collections.abc import Callable, Sequence
from datetime import datetime

from executor.core.tasks import TaskView
from executor.testing.fake_launcher import FakeLauncher, Program


class ShyLauncher(FakeLauncher):
    """Describes and lists a task only when it is ``unseen_s`` seconds old."""

    def __init__(self, now: Callable[[], datetime], program: Program) -> None:
        super().__init__(now, program)
        self.unseen_s = 0.0
        self.hidden = 0

    async def describe(self, cluster: str, arns: Sequence[str]) -> dict[str, TaskView]:
        """The tasks that ECS knows and shows, by ARN."""
        if not self.unseen_s:
            return await super().describe(cluster, arns)
        young = {arn for arn in arns if arn in self.tasks and self._age_s(arn) < self.unseen_s}
        self.hidden += len(young)
        return await super().describe(cluster, [arn for arn in arns if arn not in young])

    def _age_s(self, arn: str) -> float:
        return (self._now() - self.tasks[arn].created_at).total_seconds()
