"""ListTasks' filters and pages, and how answers with many tasks look."""

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from local_cloud.aws.fargate.record import TaskRecord
from local_cloud.aws.fargate.refusals import invalid_parameter

MAX_PAGE = 100  # of the ListTasks page in the ECS API reference
STATUSES = frozenset({"RUNNING", "PENDING", "STOPPED"})


def page_size(params: Mapping[str, Any]) -> int:
    """Read how many tasks a page shall have.

    Raises:
        RefusedError: when that is not 1 to 100.
    """
    size = int(params.get("maxResults") or MAX_PAGE)
    if not 1 <= size <= MAX_PAGE:
        raise invalid_parameter("maxResults must be between 1 and 100.")
    return size


def position(token: str | None) -> int:
    """Read after which task a page begins.

    Raises:
        RefusedError: when the token is none of ours.
    """
    try:
        return int(base64.b64decode(token, validate=True)) if token else 0
    except (binascii.Error, ValueError) as error:
        raise invalid_parameter("Invalid token.") from error


def token_after(record: TaskRecord) -> str:
    """Make the token of the page that follows a task."""
    return base64.b64encode(str(record.sequence).encode()).decode()


def matcher(params: Mapping[str, Any]) -> Callable[[TaskRecord], bool]:
    """Make the test for the tasks that are asked for; without a word, those that shall run.

    `startedBy` goes with a desired status only.

    Raises:
        RefusedError: when the filters exclude each other.
    """
    started_by, family = params.get("startedBy"), params.get("family")
    others = [name for name in ("family", "serviceName", "containerInstance") if params.get(name)]
    if started_by and others:
        raise invalid_parameter(f"When you specify startedBy, it must be the only filter; remove {others}.")
    if len(others) > 1:
        raise invalid_parameter("family, serviceName and containerInstance exclude each other.")
    desired = params.get("desiredStatus") or "RUNNING"
    if desired not in STATUSES:
        raise invalid_parameter("desiredStatus must be one of RUNNING, PENDING, STOPPED.")
    service = str(params.get("serviceName") or "").rsplit("/", 1)[-1]
    on_fargate = params.get("launchType") in {None, "FARGATE"}

    def matches(record: TaskRecord) -> bool:
        return (
            record.desired_status == desired
            and started_by in {None, "", record.request.started_by}
            and family in {None, "", record.request.definition.family}
            and on_fargate
            and (not service or record.request.group == f"service:{service}")
            and not params.get("containerInstance")
        )

    return matches


def tasks_answer(items: Iterable[str], failures: Iterable[str] = ()) -> str:
    """Put tasks and failures, JSON texts already, into one answer."""
    return f'{{"tasks":[{",".join(items)}],"failures":[{",".join(failures)}]}}'
