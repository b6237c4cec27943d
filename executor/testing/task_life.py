"""The life of one fake task: what DescribeTasks says of it at a given moment."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from executor.core.tasks import ContainerView, TaskView

STOP_TIMEOUT_S: Final = 30.0
"""From SIGTERM to SIGKILL, unless the container's ``stopTimeout`` says otherwise (ECS task definition parameters)."""
EXIT_TERMINATED: Final = 143
EXIT_KILLED: Final = 137


def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Ending:
    """How and when a task will end.

    Attributes:
        exit_code: of the report's container; None when it never ran.
        starts_after_s: from RunTask until RUNNING; None when it never gets there.
        runs_for_s: from RUNNING until STOPPED, or from RunTask when it never runs.
        stop_code: as DescribeTasks has it.
        reason: the task's stoppedReason.
        container_reason: the container's own reason.
        leaves: done at the moment of the end, for example writing a manifest.
        stops_in_s: from SIGTERM until it has ended by itself; after 30 s it is killed.
    """

    exit_code: int | None = 0
    starts_after_s: float | None = 2.0
    runs_for_s: float = 5.0
    stop_code: str = "EssentialContainerExited"
    reason: str = "Essential container in task exited"
    container_reason: str | None = None
    leaves: Callable[[], None] = _nothing
    stops_in_s: float = 1.0


@dataclass(slots=True)
class FakeTask:
    """A task that goes through its life by the clock alone."""

    arn: str
    started_by: str
    container: str
    capacity_provider: str
    created_at: datetime
    ending: Ending
    forgotten: bool = False
    _stopped: TaskView | None = field(default=None, init=False)
    _alive: tuple[Ending, datetime | None, datetime] | None = field(default=None, init=False)
    _asked: tuple[datetime, str] | None = field(default=None, init=False)

    def view(self, now: datetime) -> TaskView:
        """What DescribeTasks says at this moment; ``seen_at`` while the task has not stopped."""
        if self._stopped is not None:
            return self._stopped
        if self._asked is not None and self._asked[0] <= min(now, self._stops_at):
            at, reason = self._asked
            killed = self.ending.stops_in_s > STOP_TIMEOUT_S
            ran = self._started_at is not None and self._started_at <= at
            code = (EXIT_KILLED if killed else EXIT_TERMINATED) if ran else None
            self.stop(at, "UserInitiated", reason, ContainerView(self.container, code))
            return self.view(now)
        if now >= self._stops_at:
            self.ending.leaves()
            container = ContainerView(self.container, self.ending.exit_code, self.ending.container_reason)
            self.stop(self._stops_at, self.ending.stop_code, self.ending.reason, container)
            return self.view(now)
        started_at = self._started_at if self._started_at and now >= self._started_at else None
        return TaskView(
            arn=self.arn,
            last_status="RUNNING" if started_at else "PROVISIONING",
            started_by=self.started_by,
            containers=(ContainerView(self.container),),
            created_at=self.created_at,
            pull_started_at=started_at and self.created_at,
            started_at=started_at,
            capacity_provider=self.capacity_provider,
            seen_at=now,
        )

    def ask_to_stop(self, at: datetime, reason: str) -> None:
        """SIGTERM; the first order counts, and what has ended by then has ended as it did."""
        if self._asked is None:
            self._asked = (at + timedelta(seconds=min(self.ending.stops_in_s, STOP_TIMEOUT_S)), reason)

    def stop(self, at: datetime, stop_code: str, reason: str, container: ContainerView) -> None:
        """The task is over."""
        started_at = self._started_at if self._started_at and self._started_at <= at else None
        self._stopped = TaskView(
            arn=self.arn,
            last_status="STOPPED",
            started_by=self.started_by,
            stop_code=stop_code,
            stopped_reason=reason,
            containers=(container,),
            created_at=self.created_at,
            pull_started_at=started_at and self.created_at,
            pull_stopped_at=started_at,
            started_at=started_at,
            stopped_at=at,
            capacity_provider=self.capacity_provider,
        )

    @property
    def _started_at(self) -> datetime | None:
        return self._moments()[1]

    @property
    def _stops_at(self) -> datetime:
        return self._moments()[2]

    def _moments(self) -> tuple[Ending, datetime | None, datetime]:
        # Counted once for each ending that the task is given.
        ending = self.ending
        if self._alive is None or self._alive[0] is not ending:
            after_s = ending.starts_after_s
            started_at = None if after_s is None else self.created_at + timedelta(seconds=after_s)
            stops_at = (started_at or self.created_at) + timedelta(seconds=ending.runs_for_s)
            self._alive = (ending, started_at, stops_at)
        return self._alive
