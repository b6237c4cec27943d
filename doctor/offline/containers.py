"""The theory that the containers of a task do not go together."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from doctor.checks.frame import Fault, Severity
from doctor.offline.documents import Definition, Documents, known, objects, text
from doctor.offline.frame import FileCheck

_CONDITIONS: Final = ("START", "COMPLETE", "SUCCESS", "HEALTHY")
_ENDS: Final = ("COMPLETE", "SUCCESS")


def _look(documents: Documents) -> Iterator[Fault]:
    for definition in documents.definitions:
        yield from _names(definition)
        yield from _order(definition)
        yield from _volumes(definition)
        yield from _ports(definition)


def _essential(entry: dict[str, Any]) -> bool:
    return str(entry.get("essential", True)).lower() != "false"


def _names(definition: Definition) -> Iterator[Fault]:
    where, containers = definition.where, definition.containers
    if not containers and not known(definition.data.get("containerDefinitions")):
        return
    if not containers:
        yield Fault(f"{where} has no container", "Name one in containerDefinitions.")
        return
    for name, count in Counter(text(entry.get("name")) for entry in containers).items():
        if count > 1 and known(name):
            yield Fault(f"{where}: {count} containers are called {name}", "Give each a name of its own.")
        if not name:
            yield Fault(f"{where}: a container has no name", "Name it.")
    if not any(_essential(entry) for entry in containers):
        yield Fault(f"{where}: no container is essential", "One whose end ends the task has to be.")


def _order(definition: Definition) -> Iterator[Fault]:
    by_name = {text(entry.get("name")): entry for entry in definition.containers}
    waits: dict[str, set[str]] = {}
    for name, entry in by_name.items():
        for wish in objects(entry.get("dependsOn")):
            on, condition = text(wish.get("containerName")), text(wish.get("condition"))
            waits.setdefault(name, set()).add(on)
            if known((on, condition)):
                yield from _wish(definition, entry, by_name.get(on), on, condition)
    if cycle := next((name for name in waits if _leads_back(name, waits)), None):
        says = f"{definition.where}: container {cycle} waits for itself by dependsOn"
        yield Fault(says, "Take one dependency away.")


def _wish(
    definition: Definition, entry: dict[str, Any], other: dict[str, Any] | None, on: str, condition: str
) -> Iterator[Fault]:
    where = definition.at(entry)
    if other is None:
        yield Fault(f"{where}: depends on {on}, which is not there", "Correct dependsOn.")
    elif condition not in _CONDITIONS:
        yield Fault(f"{where}: waits for {on} to be {condition}", f"There are {', '.join(_CONDITIONS)}.")
    elif condition == "HEALTHY" and not other.get("healthCheck"):
        says = f"{where}: waits for {on} to be HEALTHY, but {on} has no health check"
        yield Fault(says, f"Give {on} a health check, or wait for START.")
    elif condition in _ENDS and _essential(other):
        says = f"{where}: waits for {on} to end, but {on} is essential and its end ends the task"
        yield Fault(says, f"Set essential of {on} to false.")


def _leads_back(name: str, waits: dict[str, set[str]]) -> bool:
    seen: set[str] = set()
    ahead = list(waits.get(name, ()))
    while ahead:
        one = ahead.pop()
        if one == name:
            return True
        if one not in seen:
            seen.add(one)
            ahead += waits.get(one, ())
    return False


def _volumes(definition: Definition) -> Iterator[Fault]:
    there = {text(volume.get("name")) for volume in objects(definition.data.get("volumes"))}
    names = {text(entry.get("name")) for entry in definition.containers}
    for entry in definition.containers:
        for mount in objects(entry.get("mountPoints")):
            source = text(mount.get("sourceVolume"))
            if known((source, definition.data.get("volumes"))) and source not in there:
                yield Fault(f"{definition.at(entry)}: mounts {source}, which is no volume", "Name it under volumes.")
        for taken in objects(entry.get("volumesFrom")):
            source = text(taken.get("sourceContainer"))
            if known(source) and source not in names:
                yield Fault(f"{definition.at(entry)}: volumesFrom {source}, which is no container", "Correct it.")


def _ports(definition: Definition) -> Iterator[Fault]:
    taken: dict[tuple[str, str], str] = {}
    for entry in definition.containers:
        for mapping in objects(entry.get("portMappings")):
            port = (text(mapping.get("containerPort")), text(mapping.get("protocol") or "tcp"))
            other = taken.setdefault(port, text(entry.get("name")))
            if other != text(entry.get("name")) and port[0] and known(port):
                says = f"{definition.at(entry)}: port {port[0]} is also {other}'s, and a task has one network"
                yield Fault(says, "Let one of them listen on another port.")


CONTAINERS: Final = FileCheck(
    "containers",
    "The containers of each task have names, volumes, ports and an order that go together",
    Severity.ERROR,
    ("definitions",),
    "ECS refuses to register what does not; two containers on one port start, and one of them ends.",
    _look,
)
