"""One service and its deployments: what they remember, and the documents of the API."""

import itertools
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from local_cloud.aws.fargate.record import TaskRecord
from local_cloud.aws.fargate.world import Cluster, Place

MAX_EVENTS = 100  # as many as DescribeServices shows
LAUNCH_FIELDS = (
    "launchType", "capacityProviderStrategy", "networkConfiguration", "platformVersion", "enableExecuteCommand",
    "propagateTags", "tags",
)  # fmt: skip


@dataclass(slots=True)
class Deployment:
    """One definition on its way to being what the service runs.

    Attributes:
        launch: RunTask's parameters for its tasks.
        counted: tasks that count as failed already.
        start_failures: how many tasks in a row never ran.
        waits_until: no task is started before, in seconds of the scheduler's clock.
        settled: whether it was COMPLETED once.
    """

    id: str
    definition_arn: str
    launch: dict[str, Any]
    created_at: datetime
    rollout: str = "IN_PROGRESS"
    rollout_reason: str = ""
    counted: set[str] = field(default_factory=set)
    start_failures: int = 0
    waits_until: float = 0.0
    settled: bool = False
    updated_at: datetime | None = None

    def enter(self, rollout: str, reason: str, at: datetime) -> None:
        """Move to a rollout state."""
        self.rollout, self.rollout_reason, self.updated_at = rollout, reason, at
        self.settled = self.settled or rollout == "COMPLETED"


@dataclass(slots=True)
class Service:
    """A service; `deployments` has the PRIMARY one first, `tasks` a deployment's id by record."""

    name: str
    place: Place
    cluster: Cluster
    params: dict[str, Any]
    created_at: datetime
    status: str = "ACTIVE"
    deployments: list[Deployment] = field(default_factory=list)
    tasks: list[tuple[TaskRecord, str]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    steady: bool = False
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    @property
    def arn(self) -> str:
        """The service's ARN."""
        return f"{self.cluster.arn.replace(':cluster/', ':service/')}/{self.name}"

    @property
    def desired(self) -> int:
        """The desired count."""
        return int(self.params.get("desiredCount") or 0) if self.status == "ACTIVE" else 0

    @property
    def primary(self) -> Deployment:
        """The deployment that shall be."""
        return self.deployments[0]

    @property
    def configuration(self) -> dict[str, Any]:
        """The deployment configuration with ECS's defaults."""
        given = self.params.get("deploymentConfiguration") or {}
        breaker = {"enable": False, "rollback": False, **(given.get("deploymentCircuitBreaker") or {})}
        return {"maximumPercent": 200, "minimumHealthyPercent": 100, **given, "deploymentCircuitBreaker": breaker}

    def say(self, text: str, at: datetime) -> None:
        """Add an event, newest first; the same text twice in a row is one event."""
        message = f"(service {self.name}) {text}"
        if not self.events or self.events[0]["message"] != message:
            event = {"id": f"{self.name}-{next(self._numbers):08d}", "createdAt": at.timestamp(), "message": message}
            self.events = [event, *self.events][:MAX_EVENTS]

    def deployment(self, deployment_id: str) -> Deployment | None:
        """Find a deployment that is not over."""
        return next((item for item in self.deployments if item.id == deployment_id), None)

    def document(self, *, with_tags: bool = False) -> dict[str, Any]:
        """Describe the service as DescribeServices does."""
        counts = _counts(record for record, _ in self.tasks)
        document = {
            "serviceArn": self.arn,
            "serviceName": self.name,
            "clusterArn": self.cluster.arn,
            "status": self.status,
            "desiredCount": self.desired,
            **counts,
            "taskDefinition": self.primary.definition_arn,
            "deploymentConfiguration": self.configuration,
            "deploymentController": {"type": "ECS"},
            "deployments": [self._deployment_document(item) for item in self.deployments],
            "events": self.events,
            "createdAt": self.created_at.timestamp(),
            "schedulingStrategy": "REPLICA",
            "loadBalancers": [],
            "serviceRegistries": [],
            "placementConstraints": [],
            "placementStrategy": [],
            "platformFamily": "Linux",
            **{name: self.params[name] for name in LAUNCH_FIELDS if self.params.get(name) is not None},
        }
        return document if with_tags else document | {"tags": []}

    def _deployment_document(self, item: Deployment) -> dict[str, Any]:
        own = [record for record, deployment_id in self.tasks if deployment_id == item.id]
        return {
            "id": item.id,
            "status": "PRIMARY" if item is self.primary else "ACTIVE",
            "taskDefinition": item.definition_arn,
            "desiredCount": self.desired if item is self.primary else 0,
            **_counts(own),
            "failedTasks": len(item.counted),
            "createdAt": item.created_at.timestamp(),
            "updatedAt": (item.updated_at or item.created_at).timestamp(),
            "rolloutState": item.rollout,
            "rolloutStateReason": item.rollout_reason,
            **{name: item.launch[name] for name in LAUNCH_FIELDS[:4] if item.launch.get(name) is not None},
        }


def _counts(records: Any) -> dict[str, int]:
    statuses = [record.last_status for record in records]
    pending = sum(status in {"PROVISIONING", "PENDING", "ACTIVATING"} for status in statuses)
    return {"runningCount": statuses.count("RUNNING"), "pendingCount": pending}
