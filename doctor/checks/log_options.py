"""The check of what the log driver is told."""

from collections.abc import Iterator
from typing import Any, Final

from doctor.checks.awslogs import wrong_options
from doctor.checks.frame import Fault, Severity
from doctor.checks.place import Place
from doctor.checks.tasks_of_aws import described, named

_NONE: Final = "Set logConfiguration: awslogs, awslogs-group, awslogs-region, awslogs-stream-prefix."


class LogOptions:
    """The options of the awslogs driver, of every container."""

    id = "log_options"
    question = "Every container logs into this region, and the log driver knows its options"
    severity = Severity.ERROR
    reads = ("ecs:DescribeTaskDefinition",)
    theory = (
        "A group of another region is not there for ECS, and the task does not start; a buffer that is full loses lines"
        " where it may not wait, and stops the report where it must."
    )

    def look(self, place: Place) -> list[Fault]:
        """Read the log configuration of every container."""
        found: list[Fault] = []
        for name in named(place):
            for entry in described(place, name)["containerDefinitions"]:
                who = f"{name}, {entry['name']}"
                configuration = entry.get("logConfiguration") or {}
                if not configuration and entry["name"] != place.settings.container:  # that one is the log group's
                    found.append(Fault(f"{who} keeps no log", _NONE, Severity.WARNING))
                found += _of(place, who, configuration)
        return found


def _of(place: Place, who: str, configuration: dict[str, Any]) -> Iterator[Fault]:
    if configuration.get("logDriver") != "awslogs":
        return
    options = {str(key): str(value) for key, value in (configuration.get("options") or {}).items()}
    region = options.get("awslogs-region", place.region)
    if region != place.region:
        says = (
            f"{who} logs into {region}, tasks run in {place.region}, where the group {options.get('awslogs-group')} is"
        )
        yield Fault(says, f"Set awslogs-region to {place.region}.")
    if options.get("awslogs-create-group", "").lower() == "true":
        says = f"{who} makes its log group itself, which then keeps everything for ever"
        yield Fault(says, "Make the group in the stack, with a retention.", Severity.WARNING)
    yield from wrong_options(who, options)
