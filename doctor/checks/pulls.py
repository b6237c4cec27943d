"""The check of how long images were pulled."""

from datetime import datetime
from statistics import median
from typing import Any, Final

from doctor.checks.frame import Fault, Severity
from doctor.checks.place import NotAskedError, Place, RefusedError
from doctor.checks.tasks_of_aws import named

_TASKS: Final = 50
_SLOW_S: Final = 60.0


class Pulls:
    """Start and end of the pull, as ECS tells them of the tasks of the last hour."""

    id = "pulls"
    question = "The images of the last hour's tasks were pulled within a minute"
    severity = Severity.WARNING
    reads = ("ecs:ListTasks", "ecs:DescribeTasks")
    theory = "Fargate keeps no image: each start pulls it anew, every report waits for that, and it is billed."

    def look(self, place: Place) -> list[Fault]:
        """Ask ECS for tasks that have ended, before it forgets them."""
        found: list[Fault] = []
        seen = 0
        for name in named(place):
            family = name.rsplit("/", 1)[-1].rpartition(":")[0]
            took = _took(place, family)
            seen += len(took)
            if took and median(took) > _SLOW_S:
                says = f"{family}: half of {len(took)} pulls took {median(took):.0f} s and more"
                remedy = "Make the image smaller (see the check image), or keep it in the tasks' region."
                found.append(Fault(says, remedy))
        if not seen:
            raise NotAskedError("no task has ended within the last hour")
        return found


def _took(place: Place, family: str) -> list[float]:
    cluster = place.settings.cluster
    try:
        arns = place.aws(
            "ecs", "list_tasks", cluster=cluster, family=family, desiredStatus="STOPPED", maxResults=_TASKS
        )["taskArns"]
        tasks = place.aws("ecs", "describe_tasks", cluster=cluster, tasks=arns)["tasks"] if arns else []
    except RefusedError as error:
        raise NotAskedError(f"there are no tasks: {error.code}; see the check cluster") from error
    return [seconds for task in tasks if (seconds := _seconds(task)) is not None]


def _seconds(task: dict[str, Any]) -> float | None:
    began, ended = task.get("pullStartedAt"), task.get("pullStoppedAt")
    if not isinstance(began, datetime) or not isinstance(ended, datetime):
        return None
    return (ended - began).total_seconds()
