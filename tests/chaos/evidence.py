"""Reads what the local ECS and S3 know, with the SDK and without any help from the executors."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from contract.manifest import FAILURE_NAME, MANIFEST_NAME, START_MARKER_NAME, Manifest, StartMarker
from executor.cli import local_settings as local
from tests.chaos.cloud import Queue, client
from tests.chaos.counting import Left, Task

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

STARTED_BY = re.compile(r"reporting/(?P<installation>[^/]+)/(?P<job_id>[^/]+)/(?P<attempt>\d+)")
ATTEMPT = re.compile(r"reports/[^/]+/[^/]+/(?P<job_id>[^/]+)/(?P<attempt>\d+)/(?P<file>[^/]+)")
PER_CALL = 100
AT_ONCE = 4


def tasks_of(endpoint: str, installation: str) -> list[Task]:
    """Every task that the local ECS lists for an installation, running and stopped."""
    ecs = client(endpoint, "ecs")
    arns: set[str] = set()
    for status in ("RUNNING", "STOPPED"):
        for page in ecs.get_paginator("list_tasks").paginate(cluster=local.CLUSTER, desiredStatus=status):
            arns.update(page["taskArns"])
    ordered = sorted(arns)
    pieces = [ordered[start : start + PER_CALL] for start in range(0, len(ordered), PER_CALL)]
    described = [task for piece in pieces for task in ecs.describe_tasks(cluster=local.CLUSTER, tasks=piece)["tasks"]]
    return [
        Task(
            arn=task["taskArn"],
            job_id=found["job_id"],
            attempt=int(found["attempt"]),
            exit_code=task["containers"][0].get("exitCode"),
            started_at=task.get("startedAt"),
            stopped_at=task.get("stoppedAt"),
        )
        for task in described
        if (found := STARTED_BY.fullmatch(task.get("startedBy", ""))) and found["installation"] == installation
    ]


def left_of(endpoint: str, queue: Queue) -> list[Left]:
    """What every attempt of a queue left in its bucket."""
    s3: S3Client = client(endpoint, "s3")
    versions: dict[tuple[str, int], dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=queue.bucket, Prefix="reports/"):
        for version in page.get("Versions", []):
            if found := ATTEMPT.fullmatch(version["Key"]):
                versions[found["job_id"], int(found["attempt"])][found["file"]].append(version)

    def read(version: Any) -> bytes:
        return s3.get_object(Bucket=queue.bucket, Key=version["Key"], VersionId=version["VersionId"])["Body"].read()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda item: _left(item[0][0], item[0][1], item[1], read), versions.items()))


def _left(job_id: str, attempt: int, files: dict[str, list[Any]], read: Callable[[Any], bytes]) -> Left:
    markers = tuple(StartMarker.model_validate_json(read(version)).task_arn for version in files[START_MARKER_NAME])
    ends = files[MANIFEST_NAME] or files[FAILURE_NAME]
    if not ends:
        return Left(job_id, attempt, markers, None, files_right=True)
    manifests = [Manifest.model_validate_json(read(version)) for version in ends]
    right = all(
        _is_right(files[file.name], file.bytes, file.sha256, read) for manifest in manifests for file in manifest.files
    )
    return Left(job_id, attempt, markers, manifests[0].status, right)


def _is_right(versions: Iterable[Any], size: int, sha256: str, read: Callable[[Any], bytes]) -> bool:
    bodies = [read(version) for version in versions]
    return bool(bodies) and all(len(body) == size and hashlib.sha256(body).hexdigest() == sha256 for body in bodies)
