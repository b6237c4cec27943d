"""What a task needs before its containers can start: images, secrets, log streams."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from local_cloud.aws.fargate.awslogs import stream_name
from local_cloud.aws.fargate.container_plan import (
    LogTarget,
    Surroundings,
    in_volume,
    log_target,
    plan_command,
    volume_folders,
)
from local_cloud.aws.fargate.images import Image, ImageFileError, ImageMap
from local_cloud.aws.fargate.processes import Command
from local_cloud.aws.fargate.record import TaskRecord
from local_cloud.aws.fargate.start_failures import (
    StartFailedError,
    image_not_found,
    log_group_missing,
    secret_unavailable,
)
from local_cloud.aws.fargate.world import Place, SecretUnavailableError, World


@dataclass(frozen=True, slots=True)
class ContainerPlan:
    """A container about to start, and where its lines go."""

    definition: dict[str, Any]
    command: Command
    target: LogTarget | None
    volumes: Path


class Supplies(Protocol):
    """Where a task gets what it needs."""

    @property
    def world(self) -> World:
        """The surroundings."""

    @property
    def images(self) -> ImageMap:
        """The registry."""

    def around(self, container_id: str, place: Place, /) -> Surroundings:
        """What a container finds around it."""


def pull(record: TaskRecord, images: ImageMap) -> list[Image]:
    """Find the image of each container.

    Raises:
        StartFailedError: when one cannot be had.
    """
    found = []
    for definition in record.request.definition.containers:
        try:
            image = images.find(definition["image"])
        except ImageFileError as error:
            raise StartFailedError(f"InternalError: {error}") from error
        if image is None:
            raise image_not_found(definition["image"], definition["name"])
        found.append(image)
    return found


def prepare(
    record: TaskRecord, images: Sequence[Image], container_ids: Sequence[str], supplies: Supplies
) -> list[ContainerPlan]:
    """Fetch secrets and make log streams; answers with what to start, in the definition's order.

    Raises:
        StartFailedError: when something cannot be had.
    """
    request, world = record.request, supplies.world
    plans = []
    for definition, image, container_id in zip(request.definition.containers, images, container_ids, strict=True):
        around = supplies.around(container_id, request.place)
        around = replace(around, volumes=around.home / "volumes" / record.task_id)
        volumes = volume_folders(definition, around)
        for folder in volumes.values():
            folder.mkdir(parents=True, exist_ok=True)
        try:
            command = plan_command(
                definition, request.overrides, image, around, lambda ref: world.secret(request.place, ref)
            )
        except SecretUnavailableError as error:
            raise secret_unavailable(str(error)) from error
        target = log_target(definition, stream_name(definition, record.task_id), request.place.region)
        if target and not world.ensure_log_stream(
            log_place(record, target), target.group, target.stream, create_group=target.create_group
        ):
            raise log_group_missing()
        plans.append(ContainerPlan(_with_own_volumes(definition, volumes), command, target, around.volumes))
    return plans


def _with_own_volumes(definition: dict[str, Any], volumes: dict[str, Path]) -> dict[str, Any]:
    check = definition.get("healthCheck") or {}
    if not check.get("command"):
        return definition
    return {**definition, "healthCheck": {**check, "command": [in_volume(word, volumes) for word in check["command"]]}}


def log_place(record: TaskRecord, target: LogTarget) -> Place:
    """Answer with where a container's log group is: its own Region, when the definition names one."""
    return replace(record.request.place, region=target.region)
