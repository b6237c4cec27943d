"""Why a service does not come up: its last events, how its last tasks stopped, and what they said last."""

from collections.abc import Iterator
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

_EVENTS: Final = 3
_TASKS: Final = 2
_LINES: Final = 5


def told(aws: Any, cluster: str, service: str, log_group: str, since: Any) -> list[str]:
    """What ECS and the log tell of a service, one line each; empty when nothing can be asked.

    Args:
        aws: gives clients by a service's name.
        cluster: name of the cluster.
        service: name of the service.
        log_group: where its tasks write.
        since: tasks that stopped before are another deployment's; a moment of AWS's clock.
    """
    try:
        return [*_events(aws("ecs"), cluster, service), *_stopped(aws, cluster, service, log_group, since)]
    except (BotoCoreError, ClientError):
        return []


def _events(ecs: Any, cluster: str, service: str) -> Iterator[str]:
    for found in ecs.describe_services(cluster=cluster, services=[service])["services"]:
        yield from (f"service: {event['message']}" for event in found["events"][:_EVENTS])


def _stopped(aws: Any, cluster: str, service: str, log_group: str, since: Any) -> Iterator[str]:
    ecs = aws("ecs")
    arns = ecs.list_tasks(cluster=cluster, desiredStatus="STOPPED")["taskArns"]
    tasks = ecs.describe_tasks(cluster=cluster, tasks=arns[:100])["tasks"] if arns else []
    ours = [task for task in tasks if task.get("group") == f"service:{service}" and task["createdAt"] >= since]
    for task in sorted(ours, key=lambda task: task["createdAt"], reverse=True)[:_TASKS]:
        codes = [item["exitCode"] for item in task["containers"] if item.get("exitCode") is not None]
        ended = f", exit code {codes[0]}" if codes else ""
        yield f"task {task['taskArn'].rpartition('/')[2]}: {task.get('stoppedReason', 'stopped')}{ended}"
        yield from (f"  {line}" for line in _said(aws("logs"), log_group, task))


def _said(logs: Any, log_group: str, task: Any) -> list[str]:
    name = task["containers"][0]["name"]
    stream = f"{name}/{name}/{task['taskArn'].rpartition('/')[2]}"
    try:
        found = logs.get_log_events(logGroupName=log_group, logStreamName=stream, limit=_LINES, startFromHead=False)
    except ClientError:
        return []
    return [event["message"] for event in found["events"]]
