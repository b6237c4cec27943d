"""What a message of the hints queue says; in the envelope of SNS or of EventBridge, or in none.

A hint is never the truth: it says that it is worth looking. Any message may come twice, late, or in disorder, and any
may be lost. Only when ECS does not know a task any more does the event of its end count, as what is left of it.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from executor.core.tasks import ContainerView, TaskView

TASK_EVENT: Final = "ECS Task State Change"
DOORBELL: Final = "doorbell"
"""The key of a doorbell that comes without the envelope of SNS: ``{"doorbell": …}``."""


@dataclass(frozen=True, slots=True)
class Doorbell:
    """There may be a new request."""


@dataclass(frozen=True, slots=True)
class TaskChanged:
    """A task is now as this says, or was when it was sent."""

    task: TaskView


@dataclass(frozen=True, slots=True)
class Unread:
    """A message that says nothing to us."""

    why: str


Hint = Doorbell | TaskChanged | Unread


def read(body: str) -> Hint:
    """What a message says, whatever it holds."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return Unread("it is not JSON")
    if not isinstance(said, dict):
        return Unread("it is not a JSON object")
    if said.get("Type") == "Notification" and isinstance(said.get("Message"), str):
        inner = read(said["Message"])
        return inner if isinstance(inner, TaskChanged) else Doorbell()
    if DOORBELL in said:
        return Doorbell()
    if said.get("source") == "aws.ecs" and said.get("detail-type") == TASK_EVENT:
        return _task_event(said.get("detail"))
    return Unread("it is neither a doorbell nor an event of a task")


def _task_event(detail: Any) -> Hint:
    try:
        return TaskChanged(_task(detail))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        return Unread(f"its task cannot be read: {error!r}")


def _task(detail: dict[str, Any]) -> TaskView:
    return TaskView(
        arn=str(detail["taskArn"]),
        last_status=str(detail["lastStatus"]),
        started_by=detail.get("startedBy"),
        stop_code=detail.get("stopCode"),
        stopped_reason=detail.get("stoppedReason"),
        containers=tuple(
            ContainerView(str(container["name"]), container.get("exitCode"), container.get("reason"))
            for container in detail.get("containers", [])
        ),
        created_at=_moment(detail.get("createdAt")),
        pull_started_at=_moment(detail.get("pullStartedAt")),
        pull_stopped_at=_moment(detail.get("pullStoppedAt")),
        started_at=_moment(detail.get("startedAt")),
        stopped_at=_moment(detail.get("stoppedAt")),
        capacity_provider=detail.get("capacityProviderName"),
    )


def _moment(text: str | None) -> datetime | None:
    moment = None if text is None else datetime.fromisoformat(text)
    if moment is not None and moment.tzinfo is None:
        raise ValueError(f"a moment without a time zone: {text}")
    return moment
