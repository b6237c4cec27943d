"""One ECS task as ``describe-tasks`` or an event of EventBridge shows it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from doctor.evidence.moments import moment


@dataclass(frozen=True)
class Container:
    """One container of a task; ``exit_code`` is None where ECS tells none."""

    name: str
    exit_code: int | None = None
    reason: str = ""
    health: str = ""
    status: str = ""
    image: str = ""
    digest: str = ""


@dataclass(frozen=True)
class Task:
    """A task; a time that is not known is None."""

    arn: str
    definition: str
    group: str
    started_by: str
    status: str
    health: str
    created: datetime | None
    pulled: datetime | None
    started: datetime | None
    stopping: datetime | None
    stopped: datetime | None
    stop_code: str
    reason: str
    containers: tuple[Container, ...]

    @property
    def id(self) -> str:
        """The last part of the ARN."""
        return self.arn.rsplit("/", 1)[-1]

    @property
    def ended(self) -> datetime | None:
        """When it began to end."""
        return self.stopping or self.stopped

    @property
    def life_s(self) -> float | None:
        """Seconds from its start until it began to end; None while it runs, and where times are missing."""
        return (self.ended - self.started).total_seconds() if self.started and self.ended else None

    @property
    def is_stopped(self) -> bool:
        """Whether it has ended or is on its way."""
        return self.status in {"STOPPED", "STOPPING", "DEPROVISIONING", "DEACTIVATING"} or self.stopped is not None

    @property
    def stopped_for_health(self) -> bool:
        """Whether ECS ended it for its container's health check."""
        said = f"{self.reason} {' '.join(container.reason for container in self.containers)}".lower()
        return "container health check" in said

    @property
    def said(self) -> str:
        """What ECS says of its end: the task's reason, then its containers'."""
        return "\n".join(filter(None, [self.reason, *(container.reason for container in self.containers)]))


def task(data: dict[str, Any]) -> Task:
    """A task from its JSON."""
    return Task(
        arn=str(data.get("taskArn") or ""),
        definition=str(data.get("taskDefinitionArn") or ""),
        group=str(data.get("group") or ""),
        started_by=str(data.get("startedBy") or ""),
        status=str(data.get("lastStatus") or ""),
        health=str(data.get("healthStatus") or ""),
        created=moment(data.get("createdAt")),
        pulled=moment(data.get("pullStoppedAt")),
        started=moment(data.get("startedAt")),
        stopping=moment(data.get("stoppingAt")),
        stopped=moment(data.get("executionStoppedAt")) or moment(data.get("stoppedAt")),
        stop_code=str(data.get("stopCode") or ""),
        reason=str(data.get("stoppedReason") or ""),
        containers=tuple(_container(entry) for entry in data.get("containers") or [] if isinstance(entry, dict)),
    )


def _container(entry: dict[str, Any]) -> Container:
    code = entry.get("exitCode")
    return Container(
        name=str(entry.get("name") or ""),
        exit_code=int(code) if isinstance(code, int | float) else None,
        reason=str(entry.get("reason") or ""),
        health=str(entry.get("healthStatus") or ""),
        status=str(entry.get("lastStatus") or ""),
        image=str(entry.get("image") or ""),
        digest=str(entry.get("imageDigest") or ""),
    )
