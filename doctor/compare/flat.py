"""A task definition or service as a flat list of facts, so that two can be compared one by one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

_NOT_COMPARED: Final = frozenset({
    "StackId", "clusterArn", "compatibilities", "createdAt", "createdBy", "deployments", "deregisteredAt",
    "environmentName", "events", "family", "logicalId", "looked", "pendingCount", "registeredAt", "registeredBy",
    "requiresAttributes", "revision", "runningCount", "serviceArn", "serviceName", "status", "taskDefinition",
    "taskDefinitionArn", "taskSets",
})  # fmt: skip
"""Names, times and counts, which differ between any two."""
_BY_NAME: Final = {"containerDefinitions": "name", "environment": "name", "secrets": "name", "volumes": "name"}
_WHOLE: Final = frozenset({"command", "entryPoint", "subnets", "securityGroups"})
_DEFAULTS: Final[dict[str, Any]] = {
    "assignPublicIp": "DISABLED", "cpu": 0, "essential": True, "interval": 30, "operatingSystemFamily": "LINUX",
    "cpuArchitecture": "X86_64", "retries": 3, "timeout": 5, "platformVersion": "LATEST", "protocol": "tcp",
    "enableExecuteCommand": False, "readonlyRootFilesystem": False,
}  # fmt: skip


@dataclass(frozen=True)
class Fact:
    """One value; ``group`` tells what it is about, ``path`` where it stands."""

    group: str
    path: str
    value: str


_GROUPS: Final = (
    ("environment", ("settings", "parameters")),
    ("image", ("image", "runtimePlatform", "cpuArchitecture", "operatingSystemFamily", "imageDigest")),
    ("command", ("command", "entryPoint", "workingDirectory", "user", "linuxParameters", "readonlyRootFilesystem")),
    ("health check", ("healthCheck", "healthCheckGracePeriodSeconds", "stopTimeout")),
    ("secrets", ("secrets", "secretValues", "repositoryCredentials")),
    ("environment", ("environment", "environmentFiles")),
    ("roles", ("taskRoleArn", "executionRoleArn")),
    ("logs", ("logConfiguration", "logGroup", "firelensConfiguration")),
    ("size", ("cpu", "memory", "memoryReservation", "ephemeralStorage", "ulimits")),
    ("network", (
        "networkMode", "networkConfiguration", "portMappings", "loadBalancers", "serviceRegistries", "dnsServers",
        "extraHosts", "serviceConnectConfiguration", "links", "reached",
    )),
)  # fmt: skip


_LOOKED_AT: Final = frozenset({"imageDigest", "logGroup", "reached", "secretValues"})
"""What only a look into the account tells beside the answers themselves."""


def facts(data: dict[str, Any], *, looked: bool = True) -> dict[str, Fact]:
    """Every value of a task definition or service by its path; what is empty or as ECS sets it is left out.

    Args:
        data: With the names of the API.
        looked: Whether what a look into the account told beside it counts: on both sides somebody looked.
    """
    found = _facts(data, ())
    return {fact.path: fact for fact in found if looked or not _LOOKED_AT & set(fact.path.split("."))}


def of_both(path: str) -> bool:
    """Whether a value only counts where both sides tell it: without a running task, or a right, there is none."""
    return bool(_LOOKED_AT & set(path.split(".")))


def group_of(path: tuple[str, ...]) -> str:
    """What a value is about, by the keys above it; the outermost that is known decides."""
    for key in path:
        for group, keys in _GROUPS:
            if key in keys:
                return group
    return "deployment"


def _facts(data: Any, path: tuple[str, ...]) -> Iterator[Fact]:
    if isinstance(data, dict):
        for key, value in data.items():
            if path or key not in _NOT_COMPARED:
                yield from _facts(_keyed(key, value), (*path, str(key)))
    elif isinstance(data, list):
        for number, item in enumerate(data):
            yield from _facts(item, (*path, str(number)))
    elif data not in (None, "") and _DEFAULTS.get(path[-1], _NOT_COMPARED) != data:
        yield Fact(group_of(path), ".".join(path), str(data))
    elif data == "" and "environment" in path:
        yield Fact(group_of(path), ".".join(path), "")


def _keyed(key: str, value: Any) -> Any:
    """Lists of named things by their name; lists whose order says nothing sorted; a command as one text."""
    if key in _WHOLE and isinstance(value, list):
        return repr([str(item) for item in (value if key in {"command", "entryPoint"} else sorted(map(str, value)))])
    if key in _BY_NAME and isinstance(value, list):
        name = _BY_NAME[key]
        return {
            str(item.get(name)): item.get("value", item.get("valueFrom")) if key in {"environment", "secrets"} else item
            for item in value
            if isinstance(item, dict)
        }
    return value
