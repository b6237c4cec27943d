"""A task as ECS describes it, in our words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

FORGOTTEN: Final = "FORGOTTEN"
"""Our word for the status of a task that ECS does not know any more."""


@dataclass(frozen=True, slots=True)
class ContainerView:
    """One container of a task; ``exit_code`` is None until it ended, and for ever when it never ran."""

    name: str
    exit_code: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class TaskView:
    """What DescribeTasks says of one task. Any field beyond the first two may be missing."""

    arn: str
    last_status: str
    started_by: str | None = None
    stop_code: str | None = None
    stopped_reason: str | None = None
    containers: tuple[ContainerView, ...] = ()
    created_at: datetime | None = None
    pull_started_at: datetime | None = None
    pull_stopped_at: datetime | None = None
    architecture: str = "x86_64"
    storage_gb: int | None = None
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    capacity_provider: str | None = None
    seen_at: datetime | None = None
    """When this was so, by the clock of ECS."""

    @property
    def stopped(self) -> bool:
        """Whether the task has come to its end; DELETED is what ECS may show after STOPPED."""
        return self.last_status in {"STOPPED", "DELETED"}

    @property
    def runs(self) -> bool:
        """Whether a container was started."""
        return self.last_status == "RUNNING" or self.started_at is not None

    def container(self, name: str) -> ContainerView | None:
        """The container of that name; sidecars that ECS adds stand in the same list."""
        return next((container for container in self.containers if container.name == name), None)
