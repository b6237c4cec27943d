"""A container that runs."""

from dataclasses import dataclass
from typing import Any

from local_cloud.aws.fargate.awslogs import OutputPump
from local_cloud.aws.fargate.processes import Process


@dataclass(slots=True)
class Container:
    """A container of a running task: what it was asked to be, its process, and what reads its output."""

    definition: dict[str, Any]
    process: Process
    pump: OutputPump
