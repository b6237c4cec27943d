"""The theory that a task definition uses what Fargate does not have."""

from collections.abc import Iterator
from typing import Any, Final

from doctor.checks.frame import Fault, Severity
from doctor.offline.documents import Definition, Documents, items, known, number, objects, part, text
from doctor.offline.frame import FileCheck

_NOT_OF_A_CONTAINER: Final = (
    "disableNetworking", "dnsSearchDomains", "dnsServers", "dockerSecurityOptions", "extraHosts", "links", "privileged",
)  # fmt: skip
_NOT_OF_LINUX: Final = ("devices", "maxSwap", "sharedMemorySize", "swappiness", "tmpfs")
_MODES: Final = {"ipcMode": ("host", "task"), "pidMode": ("host",)}
_MAY_ADD: Final = frozenset({"SYS_PTRACE"})
_STOP_S: Final = (2, 120)


def _look(documents: Documents) -> Iterator[Fault]:
    for definition in documents.definitions:
        runs = [service for service in documents.services if service.definition is definition]
        if runs and not any(service.on_fargate for service in runs):
            continue  # meant for instances
        if not definition.on_fargate:
            yield Fault(f"{definition.where} is not made for Fargate", "Set requiresCompatibilities to FARGATE.")
            continue
        yield from _of_task(definition)
        for entry in definition.containers:
            yield from _of_container(definition, entry)


def _of_task(definition: Definition) -> Iterator[Fault]:
    where, data = definition.where, definition.data
    mode = data.get("networkMode")
    if mode != "awsvpc" and known(mode):
        yield Fault(f"{where}: network mode {mode or 'bridge, which is the default'}", "Set networkMode to awsvpc.")
    for name, refused in _MODES.items():
        if data.get(name) in refused:
            yield Fault(f"{where}: {name} {data[name]} is not for Fargate", f"Leave {name} out.")
    if data.get("placementConstraints"):
        yield Fault(f"{where}: placementConstraints are not for Fargate", "Leave them out.")
    for volume in objects(data.get("volumes")):
        host = volume.get("host")
        if volume.get("dockerVolumeConfiguration") or (isinstance(host, dict) and host.get("sourcePath")):
            says = f"{where}: volume {volume.get('name')} lies on the host, which Fargate has none of"
            yield Fault(says, "Leave its host out for an empty one, or take EFS.")


def _of_container(definition: Definition, entry: dict[str, Any]) -> Iterator[Fault]:
    where = definition.at(entry)
    for name in _NOT_OF_A_CONTAINER:
        if entry.get(name):
            yield Fault(f"{where}: {name} is not for Fargate", f"Leave {name} out.")
    linux = part(entry, "linuxParameters")
    for name in _NOT_OF_LINUX:
        if linux.get(name):
            yield Fault(f"{where}: linuxParameters.{name} is not for Fargate", f"Leave {name} out.")
    added = {text(one) for one in items(part(linux, "capabilities").get("add"))} - _MAY_ADD
    if added and known(added):
        yield Fault(f"{where}: the capability {', '.join(sorted(added))} cannot be added", "Only SYS_PTRACE can.")
    if any(one.get("type") == "GPU" for one in objects(entry.get("resourceRequirements"))):
        yield Fault(f"{where}: Fargate has no GPU", "Run it on EC2 or AWS Batch.")
    yield from _of_numbers(where, entry)


def _of_numbers(where: str, entry: dict[str, Any]) -> Iterator[Fault]:
    for mapping in objects(entry.get("portMappings")):
        inside, outside = mapping.get("containerPort"), mapping.get("hostPort")
        if outside not in (None, 0, inside) and known((inside, outside)):
            says = f"{where}: hostPort {outside} is not containerPort {inside}"
            yield Fault(says, "With awsvpc both are the same; leave hostPort out.")
    for name in ("stopTimeout", "startTimeout"):
        value, (low, high) = entry.get(name), _STOP_S
        if value is not None and known(value) and not low <= (number(value) or 0) <= high:
            yield Fault(f"{where}: {name} {value} s is not within {low} to {high}", f"Fargate gives at most {high} s.")


FARGATE: Final = FileCheck(
    "fargate",
    "Every task definition is made for Fargate and uses nothing that only instances have",
    Severity.ERROR,
    ("definitions",),
    "Fargate has no host to share and one network per task; RegisterTaskDefinition or RunTask refuses the rest.",
    _look,
)
