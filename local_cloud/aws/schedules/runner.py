"""What a schedule of EventBridge Scheduler does when it is due: it runs tasks, and tries again what was refused."""

import json
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from local_cloud.aws.fargate.engine import FargateEngine
from local_cloud.aws.fargate.refusals import RefusedError
from local_cloud.aws.fargate.world import Place
from local_cloud.aws.schedules import ecs_target
from local_cloud.aws.schedules.clockwork import Clockwork, Entry
from local_cloud.aws.schedules.expressions import Once

FIRST_RETRY_S: Final = 60.0
"""Until the first retry; each further pause is twice as long."""
LONGEST_PAUSE_S: Final = 3_600.0
MOST_RETRIES: Final = 185
"""Where the schedule says no number."""


class Schedule(Protocol):
    """A schedule, as far as its runs go."""

    name: str
    arn: str
    target: dict[str, Any]


class Runner:
    """Runs the tasks of one schedule.

    Args:
        engine: what runs tasks.
        clockwork: what tries again when it is time.
        schedule: with its name, ARN and target as they are at the time.
        place: where it is.
    """

    def __init__(self, engine: FargateEngine, clockwork: Clockwork, schedule: Schedule, place: Place) -> None:
        self._engine = engine
        self._clockwork = clockwork
        self._schedule = schedule
        self._place = place

    def run(self, at: datetime, tried: int = 0) -> str:
        """Run them; answers with what became of it. A refusal is tried again as often as the schedule says."""
        target = self._schedule.target
        try:
            answer = json.loads(self._engine.run_task(ecs_target.run_task(self._schedule.name, target), self._place))
            failures, tasks = [str(one["reason"]) for one in answer["failures"]], answer["tasks"]
        except RefusedError as refusal:
            failures, tasks = [str(refusal)], []
        if not failures:
            return f"runs {', '.join(str(one['taskArn']) for one in tasks)}"
        if tried < int((target.get("RetryPolicy") or {}).get("MaximumRetryAttempts", MOST_RETRIES)):
            self._again(at, tried + 1)
        return f"failed: {'; '.join(failures)}"

    def _again(self, at: datetime, tried: int) -> None:
        now = self._clockwork.now()
        due = now + timedelta(seconds=min(LONGEST_PAUSE_S, FIRST_RETRY_S * 2.0 ** (tried - 1)))
        again = Entry(Once(due), lambda _: self.run(at, tried), now, now)
        self._clockwork.put(_retry(self._schedule.arn), again)

    @staticmethod
    def stop(clockwork: Clockwork, arn: str) -> None:
        """Let a schedule, and what it would try again, run no more."""
        clockwork.remove(arn)
        clockwork.remove(_retry(arn))


def _retry(arn: str) -> str:
    return f"{arn} (retry)"
