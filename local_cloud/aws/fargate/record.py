"""What ECS would say about one task: its document in the words of the API, and how it may change.

A record only holds and renders; when things happen is decided by the task's supervisor. Moments are kept
as epoch seconds, which is how the JSON protocol writes them. Rendering is cached until the next change,
because pollers ask for a hundred tasks at a time.
"""

import json
import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from local_cloud.aws.fargate.request import RunTaskRequest

USER_STOPPED = "Task stopped by user"
ESSENTIAL_EXITED = "Essential container in task exited"


class TaskRecord:
    """One task as DescribeTasks shows it; safe to use from several threads.

    Args:
        request: the accepted RunTask call the task comes from.
        task_id: 32 hexadecimal digits.
        sequence: position in the order of creation, which is the order of ListTasks.
        container_ids: one id per container of the definition.
        created_at: when RunTask was accepted.
        watch: told of every change, right after it.
    """

    def __init__(
        self,
        request: RunTaskRequest,
        task_id: str,
        sequence: int,
        container_ids: list[str],
        created_at: datetime,
        watch: Callable[["TaskRecord"], None] = lambda _: None,
    ) -> None:
        self.request = request
        self.task_id = task_id
        self.sequence = sequence
        self.created_at = created_at
        self.stopped_at: datetime | None = None
        self.vanished = False  # ECS has lost it: nobody sees it any more
        self._watch = watch
        self._lock = threading.RLock()
        self._document = _new_document(request, task_id, container_ids, created_at)
        self._rendered = ""  # all but the tags

    @property
    def arn(self) -> str:
        """The task's ARN."""
        return str(self._document["taskArn"])

    @property
    def last_status(self) -> str:
        """Where the task is in its life."""
        return str(self._document["lastStatus"])

    @property
    def desired_status(self) -> str:
        """Where ECS wants the task: RUNNING or STOPPED."""
        return str(self._document["desiredStatus"])

    def get(self, name: str) -> Any:
        """Answer with one field of the document, None when it is not there yet."""
        with self._lock:
            return self._document.get(name)

    def container(self, name: str) -> dict[str, Any]:
        """Answer with a copy of one container's part of the document."""
        with self._lock:
            return dict(self._row(name))

    def change(self, status: str | None = None, *, at: dict[str, datetime] | None = None, **fields: Any) -> None:
        """Move to a status, set moments (`at`) and fields; counts as one version."""
        with self._lock:
            if status:
                self._document["lastStatus"] = status
            for name, moment in (at or {}).items():
                self._document.setdefault(name, moment.timestamp())
            self._document.update(fields)
            self._touch()

    def change_container(self, name: str, **fields: Any) -> None:
        """Set fields of one container."""
        with self._lock:
            self._row(name).update(fields)
            self._touch()

    def want_stopped(self, code: str, reason: str, at: datetime) -> bool:
        """Record that the task shall stop and why; False when it was already to stop (the first reason stays)."""
        with self._lock:
            if self.desired_status == "STOPPED":
                return False
            self.change(at={"stoppingAt": at}, desiredStatus="STOPPED", stopCode=code, stoppedReason=reason)
            return True

    def finish(self, at: datetime) -> None:
        """Record that the task is STOPPED and everything of it is gone."""
        with self._lock:
            for row in self._document["containers"]:
                row["lastStatus"] = "STOPPED"
            for attachment in self._document["attachments"]:
                attachment["status"] = "DELETED"
            self.stopped_at = at
            self.change("STOPPED", at={"stoppedAt": at}, desiredStatus="STOPPED")

    def to_json(self, *, with_tags: bool = True) -> str:
        """Render the task for an answer; tags are shown only when asked for."""
        with self._lock:
            if not self._rendered:
                rest = {name: value for name, value in self._document.items() if name != "tags"}
                self._rendered = json.dumps(rest, separators=(",", ":"))
            tags = json.dumps(self._document["tags"], separators=(",", ":")) if with_tags else "[]"
            return f'{self._rendered[:-1]},"tags":{tags}}}'

    def _row(self, name: str) -> dict[str, Any]:
        rows: Iterable[dict[str, Any]] = self._document["containers"]
        return next(row for row in rows if row["name"] == name)

    def _touch(self) -> None:
        self._document["version"] += 1
        self._rendered = ""
        self._watch(self)


def _new_document(
    request: RunTaskRequest, task_id: str, container_ids: list[str], created_at: datetime
) -> dict[str, Any]:
    arn = f"{request.cluster.arn.replace(':cluster/', ':task/')}/{task_id}"
    document: dict[str, Any] = {
        "attachments": _attachments(request, task_id),
        "attributes": [{"name": "ecs.cpu-architecture", "value": "x86_64"}],
        "clusterArn": request.cluster.arn,
        "containers": [
            _container(arn, container, container_id)
            for container, container_id in zip(request.definition.containers, container_ids, strict=True)
        ],
        "cpu": request.cpu,
        "createdAt": created_at.timestamp(),
        "desiredStatus": "RUNNING",
        "enableExecuteCommand": request.enable_execute_command,
        "ephemeralStorage": {"sizeInGiB": _storage_gib(request)},
        "group": request.group,
        "healthStatus": "UNKNOWN",
        "lastStatus": "PROVISIONING",
        "launchType": "FARGATE",
        "memory": request.memory,
        "overrides": {"containerOverrides": [], "inferenceAcceleratorOverrides": [], **request.overrides},
        "platformFamily": "Linux",
        "platformVersion": request.platform_version,
        "tags": list(request.tags),
        "taskArn": arn,
        "taskDefinitionArn": request.definition.arn,
        "version": 1,
    }
    optional = {
        "availabilityZone": request.subnet.availability_zone if request.subnet else None,
        "capacityProviderName": request.capacity_provider,
        "startedBy": request.started_by,
    }
    return document | {name: value for name, value in optional.items() if value}


def _container(task_arn: str, definition: dict[str, Any], container_id: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "containerArn": f"{task_arn.replace(':task/', ':container/')}/{container_id}",
        "cpu": str(definition.get("cpu") or 0),
        "healthStatus": "UNKNOWN",
        "image": definition["image"],
        "lastStatus": "PENDING",
        "name": definition["name"],
        "networkInterfaces": [],
        "taskArn": task_arn,
    }
    for limit in ("memory", "memoryReservation"):
        if definition.get(limit):
            row[limit] = str(definition[limit])
    return row


def _attachments(request: RunTaskRequest, task_id: str) -> list[dict[str, Any]]:
    if request.subnet is None:
        return []
    address = request.subnet.address_for(task_id)
    details = {
        "subnetId": request.subnet.id,
        "networkInterfaceId": f"eni-{task_id[:17]}",
        "macAddress": ":".join(["0a", *(task_id[i : i + 2] for i in range(0, 10, 2))]),
        "privateDnsName": f"ip-{address.replace('.', '-')}.ec2.internal",
        "privateIPv4Address": address,
    }
    return [
        {
            "id": f"{task_id[:8]}-{task_id[8:12]}-{task_id[12:16]}-{task_id[16:20]}-{task_id[20:]}",
            "type": "ElasticNetworkInterface",
            "status": "PRECREATED",
            "details": [{"name": name, "value": value} for name, value in details.items()],
        }
    ]


def _storage_gib(request: RunTaskRequest) -> int:
    override = request.overrides.get("ephemeralStorage") or {}
    return int(override.get("sizeInGiB") or request.definition.ephemeral_storage_gib)
