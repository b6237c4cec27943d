"""The clock of schedules, and what acts by it: a service whose count is set, and a schedule that runs a task."""

import json
import urllib.request
import uuid
from datetime import datetime, timedelta
from typing import Any

DIMENSION = {"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount"}
TRUST = {"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole"}


def clock(cloud: Any, **forward: Any) -> dict[str, Any]:
    """What the clock of schedules says, once it was put forward."""
    data = json.dumps(forward).encode() if forward else None
    request = urllib.request.Request(f"{cloud.endpoint}/local-cloud/schedules", data)
    with urllib.request.urlopen(request, timeout=30) as answer:
        document: dict[str, Any] = json.load(answer)
    return document


def in_days(cloud: Any, days: float) -> datetime:
    """A moment by the clock of schedules."""
    return datetime.fromisoformat(clock(cloud)["now"]) + timedelta(days=days)


def forward_to(cloud: Any, hour: int) -> list[str]:
    """Put the clock forward to a full hour, of today or tomorrow; answers with what was done."""
    now = datetime.fromisoformat(clock(cloud)["now"])
    ahead_s = ((hour - now.hour - 1) % 24 + 1) * 3600 - now.minute * 60 - now.second
    return [deed["did"] for deed in clock(cloud, by_s=ahead_s + 1)["done"]]


class Timed:
    """A service of tasks that wait, and Application Auto Scaling over it."""

    def __init__(self, cloud: Any) -> None:
        self.cloud, self.name = cloud, f"s-{uuid.uuid4().hex[:8]}"
        self.scaling = cloud.client("application-autoscaling")
        self.which = {**DIMENSION, "ResourceId": f"service/{cloud.stack.cluster}/{self.name}"}
        definition = cloud.register({"name": "main", "command": ["-c", "import time; time.sleep(600)"]})
        network = {"awsvpcConfiguration": {"subnets": list(cloud.stack.subnets)}}
        cloud.ecs.create_service(
            cluster=cloud.stack.cluster, serviceName=self.name, taskDefinition=definition, desiredCount=1,
            networkConfiguration=network, launchType="FARGATE",
        )  # fmt: skip

    def counts(self) -> tuple[int, int]:
        found = self.cloud.ecs.describe_services(cluster=self.cloud.stack.cluster, services=[self.name])["services"][0]
        return found["desiredCount"], found["runningCount"]

    def until(self, desired: int) -> None:
        self.cloud.until(lambda: self.counts() == (desired, desired), f"{self.name} runs {desired} tasks")

    def act(self, name: str, hour: int, count: int, **between: datetime) -> None:
        self.scaling.put_scheduled_action(
            **self.which, ScheduledActionName=name, Schedule=f"cron(0 {hour} * * ? *)",
            ScalableTargetAction={"MinCapacity": count, "MaxCapacity": count}, **between,
        )  # fmt: skip

    def end(self) -> None:
        self.cloud.ecs.delete_service(cluster=self.cloud.stack.cluster, service=self.name, force=True)


def schedule(cloud: Any, role: str, code: str, **other: Any) -> dict[str, Any]:
    """What CreateSchedule takes, for one task of this program."""
    cluster = cloud.ecs.describe_clusters(clusters=[cloud.stack.cluster])["clusters"][0]["clusterArn"]
    definition = cloud.ecs.describe_task_definition(taskDefinition=cloud.stack.task_definition)["taskDefinition"]
    network = {"awsvpcConfiguration": {"Subnets": list(cloud.stack.subnets), "AssignPublicIp": "DISABLED"}}
    return {
        "Name": f"s-{uuid.uuid4().hex[:8]}",
        "ScheduleExpression": "cron(0 3 * * ? *)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {
            "Arn": cluster,
            "RoleArn": role,
            "Input": json.dumps({"containerOverrides": [{"name": "report", "command": ["-c", code]}]}),
            "RetryPolicy": {"MaximumRetryAttempts": 1},
            "EcsParameters": {
                "TaskDefinitionArn": definition["taskDefinitionArn"],
                "LaunchType": "FARGATE",
                "NetworkConfiguration": network,
            },
        },
        **other,
    }


def started_by(cloud: Any, name: str) -> list[str]:
    found = set[str]()
    for status in ("RUNNING", "STOPPED"):  # a task may end between the two questions
        who = {"startedBy": f"chronos-schedule/{name}", "desiredStatus": status}
        found |= set(cloud.ecs.list_tasks(cluster=cloud.stack.cluster, **who)["taskArns"])
    return sorted(found)
