"""ECS through aiobotocore: RunTask, DescribeTasks, ListTasks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import structlog
from botocore.exceptions import BotoCoreError, ClientError

from executor.adapters.aws_outages import outages
from executor.core.launch_answers import Accepted, Errored, LaunchAnswer, Refused, Unknown
from executor.core.tasks import ContainerView, TaskView

if TYPE_CHECKING:
    from types_aiobotocore_ecs import ECSClient

log = structlog.get_logger()


class EcsLauncher:
    """The ``Launcher`` port on ECS."""

    def __init__(self, client: "ECSClient") -> None:
        """A client that does not retry by itself: what may be sent again is the executor's decision."""
        self._client = client

    async def run(self, request: Mapping[str, Any]) -> LaunchAnswer:
        """One RunTask with count 1; every way it can end is a value."""
        try:
            answer = await self._client.run_task(**request)
        except ClientError as error:
            return await self._of_error(request, error)
        except (BotoCoreError, OSError) as error:
            return Unknown(f"{type(error).__name__}: {error}")
        if answer["tasks"]:
            return Accepted(view(answer["tasks"][0]))
        reasons = "; ".join(
            f"{failure.get('reason', '')} {failure.get('detail', '')}".strip() for failure in answer["failures"]
        )
        return Refused(reasons or "RunTask answered with neither a task nor a failure")

    async def _of_error(self, request: Mapping[str, Any], error: ClientError) -> LaunchAnswer:
        fields: dict[str, Any] = dict(error.response)
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        if code == "ConflictException":
            arns = [str(arn) for arn in fields.get("resourceIds") or []]
            found = await self.describe(str(request["cluster"]), arns) if arns else {}
            return Accepted(found.get(arns[0]) or TaskView(arns[0], "UNKNOWN")) if arns else Unknown(message)
        return Errored(code, message, fields.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))

    async def describe(self, cluster: str, arns: Sequence[str]) -> dict[str, TaskView]:
        """The tasks that ECS knows, by ARN."""
        with outages("DescribeTasks", for_all=True):
            answer = await self._client.describe_tasks(cluster=cluster, tasks=list(arns))
        seen_at = _date_of(answer)
        return {task["taskArn"]: view(task, seen_at) for task in answer["tasks"]}

    async def list_running(self, cluster: str, page: str | None = None) -> tuple[list[str], str | None]:
        """One page of the ARNs of a cluster's tasks that shall run."""
        next_page: dict[str, Any] = {"nextToken": page} if page else {}
        with outages("ListTasks", for_all=True):
            answer = await self._client.list_tasks(cluster=cluster, desiredStatus="RUNNING", **next_page)
        return list(answer["taskArns"]), answer.get("nextToken") or None

    async def find(self, cluster: str, started_by: str) -> list[TaskView]:
        """Tasks of one attempt, running ones first."""
        arns: list[str] = []
        # startedBy alone lists what should run; the stopped ones must be asked for by desired status.
        for status in ("RUNNING", "STOPPED"):
            with outages("ListTasks", for_all=True):
                answer = await self._client.list_tasks(cluster=cluster, startedBy=started_by, desiredStatus=status)
            arns += [arn for arn in answer["taskArns"] if arn not in arns]
        if not arns:
            return []
        found = await self.describe(cluster, arns[:100])
        return [found[arn] for arn in arns if arn in found]

    async def stop_task(self, cluster: str, arn: str, reason: str) -> None:
        """Tell a task to stop."""
        with outages("StopTask"):
            try:
                await self._client.stop_task(cluster=cluster, task=arn, reason=reason)
            except ClientError as error:
                # ECS forgets tasks an hour after their end; what it does not know does not run.
                if "not found" not in error.response["Error"]["Message"]:
                    raise


def _date_of(answer: Mapping[str, Any]) -> datetime | None:
    headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return parsedate_to_datetime(headers["date"]) if "date" in headers else None


def view(task: Mapping[str, Any], seen_at: datetime | None = None) -> TaskView:
    """A task of the API as the core sees it; fields may be missing, and unknown ones are passed over."""
    return TaskView(
        arn=task["taskArn"],
        last_status=task.get("lastStatus", "UNKNOWN"),
        started_by=task.get("startedBy"),
        stop_code=task.get("stopCode"),
        stopped_reason=task.get("stoppedReason"),
        containers=tuple(
            ContainerView(container["name"], container.get("exitCode"), container.get("reason"))
            for container in task.get("containers", [])
        ),
        created_at=task.get("createdAt"),
        pull_started_at=task.get("pullStartedAt"),
        pull_stopped_at=task.get("pullStoppedAt"),
        architecture=_architecture(task),
        storage_gb=task.get("ephemeralStorage", {}).get("sizeInGiB"),
        started_at=task.get("startedAt"),
        stopped_at=task.get("stoppedAt"),
        capacity_provider=task.get("capacityProviderName"),
        seen_at=seen_at,
    )


def _architecture(task: Mapping[str, Any]) -> str:
    named = (one.get("value") for one in task.get("attributes", ()) if one["name"] == "ecs.cpu-architecture")
    return next(named, None) or "x86_64"
