"""How the local AWS shall behave, as ``reporting up`` is told: the server's own switches."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class AwsOptions:
    """Switches of the local AWS.

    Attributes:
        start_delay_s: how long the local Fargate takes before a task runs.
        throttle: `aws` for AWS's rates, `off` for none.
        visible_after_s: how long a new task is MISSING.
        stopped_retention_s: how long a STOPPED task is known.
        time_scale: seconds that one second of ECS's health checks and service scheduler takes.
    """

    start_delay_s: float = 0.5
    throttle: Literal["aws", "off"] = "off"
    visible_after_s: float = 0.0
    stopped_retention_s: float = 3600.0
    time_scale: float = 1.0

    def words(self) -> list[str]:
        """The words for its command line."""
        switches = {
            "--start-delay-s": self.start_delay_s,
            "--throttle": self.throttle,
            "--visible-after-s": self.visible_after_s,
            "--stopped-retention-s": self.stopped_retention_s,
            "--time-scale": self.time_scale,
        }
        return [str(word) for pair in switches.items() for word in pair]
