"""The check of the task definitions' sizes."""

import re
from collections.abc import Iterator
from typing import Any, Final

from contract.resources import FARGATE_SIZES
from doctor.checks.fargate_sizes import wrong_pair
from doctor.checks.frame import Fault, Severity
from doctor.checks.place import Place
from doctor.checks.tasks_of_aws import described, named

_UNITS: Final = re.compile(r"^\s*(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>vcpu|gb|)\s*$", re.IGNORECASE)


class TaskSize:
    """CPU and memory of the task definitions and their containers."""

    id = "task_size"
    question = "CPU and memory of the task definitions are a pair of Fargate's, and no container narrows a launch"
    severity = Severity.ERROR
    reads = ("ecs:DescribeTaskDefinition",)
    theory = (
        "Each launch says its own size, from 256 units and 512 MiB on: a container with a size of its own does not fit"
        " into a smaller one, and the launch is refused."
    )

    def look(self, place: Place) -> list[Fault]:
        """Compare with Fargate's table."""
        return [fault for name in named(place) for fault in _of(name, described(place, name))]


def _of(name: str, definition: dict[str, Any]) -> Iterator[Fault]:
    cpu, memory_mb = _number(definition.get("cpu")), _number(definition.get("memory"))
    if definition.get("memory") is not None and (says := wrong_pair(cpu, memory_mb)):
        yield Fault(f"{name}: {says}", "Take a pair of Fargate's table, and register the task definition anew.")
    entries = definition["containerDefinitions"]
    least_cpu = min(FARGATE_SIZES)
    least_mb = FARGATE_SIZES[least_cpu][0]
    for key, least, unit in (
        ("cpu", least_cpu, "units"),
        ("memory", least_mb, "MiB"),
        ("memoryReservation", least_mb, "MiB"),
    ):
        total = sum(int(entry.get(key) or 0) for entry in entries)
        if total > least:
            says = (
                f"{name}: its containers want {total} {unit} by {key} of their own, so reports below that are refused"
            )
            yield Fault(says, f"Leave {key} out of the containers: each launch says the task's.", Severity.WARNING)


def _number(told: Any) -> int:
    """CPU units or MiB; ECS also takes ``1 vCPU`` and ``2 GB``."""
    found = _UNITS.match(str(told or "0"))
    if found is None:
        return 0
    return int(float(found["number"]) * (1024 if found["unit"] else 1))
