"""A scalable target: a service of ECS whose desired count is set by the clock."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from local_cloud.aws.fargate.world import Place

DIMENSION: Final = "ecs:service:DesiredCount"
KEPT_ACTIVITIES: Final = 50
SUSPENDABLE: Final = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")


@dataclass(slots=True)
class Target:
    """A service whose count is set by the clock, with the limits that it has now."""

    place: Place
    resource_id: str
    low: int
    high: int
    arn: str
    created_at: datetime
    role_arn: str
    suspended: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(SUSPENDABLE, False))
    tags: dict[str, str] = field(default_factory=dict)
    actions: dict[str, dict[str, Any]] = field(default_factory=dict)
    activities: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=KEPT_ACTIVITIES))

    @property
    def service(self) -> dict[str, str]:
        """The service, as ECS's API names it."""
        _, cluster, name = self.resource_id.split("/")
        return {"cluster": cluster, "service": name}

    def limits(self) -> dict[str, int]:
        """The limits, as the API names them."""
        return {"MinCapacity": self.low, "MaxCapacity": self.high}

    def names(self) -> dict[str, str]:
        """Which target it is, as every answer says it."""
        return {"ServiceNamespace": "ecs", "ResourceId": self.resource_id, "ScalableDimension": DIMENSION}
