"""From a container definition, its overrides and its image to the command that is run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_cloud.aws.fargate.images import Image
from local_cloud.aws.fargate.processes import Command

TEMPORARY = "/tmp"  # noqa: S108 - where a container's programs look for room, as a volume's path
DEFAULT_STOP_TIMEOUT_S = 30  # Fargate's default between SIGTERM and SIGKILL
STOP_TIMEOUT_RANGE_S = (2, 120)  # Fargate's bounds for the container definition's stopTimeout


@dataclass(frozen=True, slots=True)
class LogTarget:
    """Where a container's lines go; `create_group` is awslogs-create-group."""

    group: str
    stream: str
    region: str
    create_group: bool


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every container on this machine finds besides its own definition.

    Attributes:
        environment: variables the platform sets (PATH, HOME, credentials, endpoints).
        home: folder a container starts in when its image names none.
        volumes: folder of the task's own volumes, each by its name; made when the task is prepared.
    """

    environment: Mapping[str, str]
    home: Path
    volumes: Path = Path("volumes")


def plan_command(
    definition: Mapping[str, Any],
    overrides: Mapping[str, Any],
    image: Image,
    around: Surroundings,
    fetch_secret: Callable[[str], str],
) -> Command:
    """Work out program, environment and folder of one container.

    What comes later wins: platform, image, definition, secrets, overrides. The definition's
    `entryPoint` replaces the image's, its CMD too; `command` is appended to whichever it is. The definition's
    `workingDirectory` is a folder inside the image, so here the image's entry says where that is.
    A volume is a folder of the task's own on this machine: the definition's words and variables that begin with its
    path name it.

    Raises:
        SecretUnavailableError: from `fetch_secret`.
    """
    override = override_for(str(definition["name"]), overrides)
    volumes = volume_folders(definition, around)
    entry, given = definition.get("entryPoint"), override.get("command") or definition.get("command")
    words = [*(_placed(entry, volumes) or image.command)]
    words += _placed(given, volumes) if given or entry else image.arguments
    environment = {
        **around.environment,
        **_temporary(volumes),
        **image.environment,
        **{name: in_volume(value, volumes) for name, value in _pairs(definition.get("environment")).items()},
        **{item["name"]: fetch_secret(item["valueFrom"]) for item in definition.get("secrets") or []},
        **_pairs(override.get("environment")),
    }
    return Command(words, environment, image.working_dir or around.home)


def volume_folders(definition: Mapping[str, Any], around: Surroundings) -> dict[str, Path]:
    """Where the volumes that a container mounts are on this machine, by their path in the container."""
    mounts = definition.get("mountPoints") or []
    return {item["containerPath"].rstrip("/"): around.volumes / item["sourceVolume"] for item in mounts}


def in_volume(word: str, volumes: Mapping[str, Path]) -> str:
    """A word with the path of a volume, at its beginning, as it is on this machine."""
    for path, folder in volumes.items():
        if word == path or word.startswith(f"{path}/"):
            return f"{folder}{word.removeprefix(path)}"
    return word


def _placed(words: Sequence[str] | None, volumes: Mapping[str, Path]) -> list[str]:
    return [in_volume(word, volumes) for word in words or ()]


def _temporary(volumes: Mapping[str, Path]) -> dict[str, str]:
    return {"TMPDIR": str(volumes[TEMPORARY])} if TEMPORARY in volumes else {}


def override_for(name: str, overrides: Mapping[str, Any]) -> Mapping[str, Any]:
    """Find the part of a task's overrides that is about one container."""
    for override in overrides.get("containerOverrides") or []:
        if override["name"] == name:
            return dict(override)
    return {}


def log_target(definition: Mapping[str, Any], stream: str, region: str) -> LogTarget | None:
    """Say where awslogs sends a container's lines; None for a container without awslogs."""
    configuration = definition.get("logConfiguration") or {}
    if configuration.get("logDriver") != "awslogs":
        return None
    options = configuration.get("options") or {}
    return LogTarget(
        group=options["awslogs-group"],
        stream=stream,
        region=options.get("awslogs-region") or region,
        create_group=options.get("awslogs-create-group") == "true",
    )


def stop_timeout_s(definition: Mapping[str, Any]) -> int:
    """How long a container may take to end after SIGTERM, within Fargate's bounds."""
    low, high = STOP_TIMEOUT_RANGE_S
    return min(high, max(low, int(definition.get("stopTimeout") or DEFAULT_STOP_TIMEOUT_S)))


def is_essential(definition: Mapping[str, Any]) -> bool:
    """Whether the task ends when this container does."""
    return bool(definition.get("essential", True))


def _pairs(items: list[dict[str, str]] | None) -> dict[str, str]:
    return {item["name"]: item.get("value") or "" for item in items or []}
