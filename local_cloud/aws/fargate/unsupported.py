"""What a task may ask of Fargate that is not done here, refused by name.

A task that silently ran otherwise would be worse than none. What only limits or protects a container (`user`,
`ulimits`, `linuxParameters`, `readonlyRootFilesystem`, `portMappings`) is taken and does nothing.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from local_cloud.aws.fargate.refusals import invalid_parameter
from local_cloud.aws.fargate.world import TaskDefinition

OF_CALL = ("volumeConfigurations", "placementConstraints", "placementStrategy")
OF_CONTAINER = (
    "dependsOn",
    "environmentFiles",
    "firelensConfiguration",
    "volumesFrom",
    "systemControls",
)
RESTARTS = ("restartPolicy",)  # when it is enabled
VOLUMES_ELSEWHERE = ("efsVolumeConfiguration", "dockerVolumeConfiguration", "fsxWindowsFileServerVolumeConfiguration")
OF_OVERRIDE = ("environmentFiles", "resourceRequirements")


def refuse_unsupported(params: Mapping[str, Any], definition: TaskDefinition) -> None:
    """Refuse what would change what the task does, and is not done here.

    Raises:
        RefusedError: naming all of it.
    """
    overrides = (params.get("overrides") or {}).get("containerOverrides") or []
    asked = [
        *(name for name in OF_CALL if params.get(name)),
        *_of(definition.containers, OF_CONTAINER),
        *_of(overrides, OF_OVERRIDE),
        *_of((item for item in definition.containers if (item.get("restartPolicy") or {}).get("enabled")), RESTARTS),
        *(
            f"{kind} of volume {item['name']}"
            for item in definition.volumes
            for kind in VOLUMES_ELSEWHERE
            if item.get(kind)
        ),
    ]
    if asked:
        raise invalid_parameter(f"not supported by the local cloud: {', '.join(asked)}")


def _of(rows: Iterable[Mapping[str, Any]], names: tuple[str, ...]) -> list[str]:
    return [f"{name} of container {row.get('name')}" for row in rows for name in names if row.get(name)]
