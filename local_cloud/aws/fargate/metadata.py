"""The task metadata endpoint, version 4, for containers that run here."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local_cloud.aws.fargate.awslogs import stream_name
from local_cloud.aws.fargate.record import TaskRecord

MIB = 1024 * 1024
CPU_UNITS_PER_VCPU = 1024


def task_metadata(record: TaskRecord, docker_ids: dict[str, str]) -> dict[str, Any]:
    """Describe the task as `…/task` does; `docker_ids` maps container names to container ids."""
    request = record.request
    document = {
        "Cluster": request.cluster.arn,
        "TaskARN": record.arn,
        "Family": request.definition.family,
        "Revision": str(request.definition.revision),
        "DesiredStatus": record.desired_status,
        "KnownStatus": record.last_status,
        "Limits": {"CPU": int(request.cpu or 0) / CPU_UNITS_PER_VCPU, "Memory": int(request.memory or 0)},
        "PullStartedAt": _moment(record.get("pullStartedAt")),
        "PullStoppedAt": _moment(record.get("pullStoppedAt")),
        "AvailabilityZone": request.subnet.availability_zone if request.subnet else None,
        "LaunchType": "FARGATE",
        "Containers": [container_metadata(record, name, docker_ids[name]) for name in docker_ids],
    }
    return {key: value for key, value in document.items() if value is not None}


def container_metadata(record: TaskRecord, name: str, docker_id: str) -> dict[str, Any]:
    """Describe one container as the endpoint's root does."""
    definition = next(item for item in record.request.definition.containers if item["name"] == name)
    row = record.container(name)
    options = dict((definition.get("logConfiguration") or {}).get("options") or {})
    if options:
        options["awslogs-stream"] = stream_name(definition, record.task_id)
    document = {
        "DockerId": docker_id,
        "Name": name,
        "DockerName": name,
        "Image": definition["image"],
        "Labels": {
            "com.amazonaws.ecs.cluster": record.request.cluster.arn,
            "com.amazonaws.ecs.container-name": name,
            "com.amazonaws.ecs.task-arn": record.arn,
            "com.amazonaws.ecs.task-definition-family": record.request.definition.family,
            "com.amazonaws.ecs.task-definition-version": str(record.request.definition.revision),
        },
        "DesiredStatus": record.desired_status,
        "KnownStatus": row["lastStatus"],
        "ExitCode": row.get("exitCode"),
        "Limits": {"CPU": int(definition.get("cpu") or 0)},
        "Type": "NORMAL",
        "ContainerARN": row["containerArn"],
        "LogDriver": (definition.get("logConfiguration") or {}).get("logDriver"),
        "LogOptions": options or None,
        "StartedAt": _moment(record.get("startedAt")),
    }
    return {key: value for key, value in document.items() if value is not None}


def container_stats(record: TaskRecord, name: str, pid: int) -> dict[str, Any]:
    """Describe a container's use of memory as `…/stats` does: its first process, as the kernel counts it."""
    used, peak = _memory_bytes(pid)
    limit = int(record.request.memory or 0) * MIB
    return {
        "name": name,
        "id": record.container(name).get("runtimeId"),
        "memory_stats": {
            "usage": used,
            "max_usage": peak,
            "limit": limit,
            "stats": {"rss": used, "hierarchical_memory_limit": limit},
        },
    }


def _memory_bytes(pid: int) -> tuple[int, int]:
    if not pid or sys.platform != "linux":
        return 0, 0
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return 0, 0
    fields = dict(line.split(":", 1) for line in lines)
    used, peak = (int(fields.get(name, "0 kB").split()[0]) * 1024 for name in ("VmRSS", "VmHWM"))
    return used, peak


def _moment(epoch_s: float | None) -> str | None:
    return None if epoch_s is None else datetime.fromtimestamp(epoch_s, tz=UTC).isoformat().replace("+00:00", "Z")
