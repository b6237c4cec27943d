"""The theory that RunTask refuses a request."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from doctor.checks.fargate_sizes import wrong_pair
from doctor.checks.frame import Fault, Severity
from doctor.offline.documents import Definition, Documents, Launch, known, number, objects, text
from doctor.offline.frame import FileCheck
from doctor.offline.sizes import units

_OVERRIDES_CHARACTERS: Final = 8192
_FORMS: Final = {
    "clientToken": re.compile(r"^[\x21-\x7e]{1,64}$"),
    "startedBy": re.compile(r"^[\w/-]{1,128}$"),
    "group": re.compile(r"^[^\s]{1,255}$"),
}
_TAGS: Final = 50
_AT_ONCE: Final = 10


def _look(documents: Documents) -> Iterator[Fault]:
    for launch in documents.launches:
        reference = text(launch.data.get("taskDefinition") or launch.data.get("taskDefinitionArn"))
        overrides = launch.data.get("overrides") or (launch.data if "containerOverrides" in launch.data else {})
        definition = documents.definition(reference) if reference else None
        yield from _of_request(launch)
        if isinstance(overrides, dict):
            yield from _of_overrides(launch, overrides, definition or _only(documents))


def _only(documents: Documents) -> Definition | None:
    return documents.definitions[0] if len(documents.definitions) == 1 else None


def _of_request(launch: Launch) -> Iterator[Fault]:
    where, data = launch.where, launch.data
    for name, form in _FORMS.items():
        value = text(data.get(name))
        if value and known(value) and not form.match(value):
            yield Fault(f"{where}: {name} `{value[:80]}` is not what ECS takes", f"It has to be like {form.pattern}.")
    if not 1 <= (number(data.get("count", 1)) or 0) <= _AT_ONCE and known(data.get("count")):
        yield Fault(f"{where}: count {data['count']}, of which one request takes 1 to {_AT_ONCE}", "Ask more often.")
    if data.get("launchType") and data.get("capacityProviderStrategy"):
        yield Fault(f"{where}: launchType and capacityProviderStrategy exclude each other", "Leave one out.")
    if text(data.get("propagateTags")) == "SERVICE":
        yield Fault(f"{where}: propagateTags SERVICE is for services", "Take TASK_DEFINITION or NONE.")
    tags = objects(data.get("tags"))
    if len(tags) > _TAGS:
        yield Fault(f"{where}: {len(tags)} tags, of which a task takes {_TAGS}", "Leave some out.")
    if any(text(tag.get("key")).lower().startswith("aws:") for tag in tags):
        yield Fault(f"{where}: a tag begins with aws:, which is reserved", "Name it otherwise.")


def _of_overrides(launch: Launch, overrides: dict[str, Any], definition: Definition | None) -> Iterator[Fault]:
    where = launch.where
    length = len(json.dumps(overrides, separators=(",", ":"), ensure_ascii=False))
    if length > _OVERRIDES_CHARACTERS:
        says = f"{where}: overrides of {length} characters, of which ECS takes {_OVERRIDES_CHARACTERS}"
        yield Fault(says, "Put the order into S3 and hand over its address.")
    there = (
        {text(entry.get("name")) for entry in definition.containers} if definition and definition.containers else None
    )
    for entry in objects(overrides.get("containerOverrides")):
        name = text(entry.get("name"))
        if not name:
            yield Fault(f"{where}: an override names no container", "Name it.")
        elif there is not None and known((name, there)) and name not in there:
            says = f"{where}: overrides {name}, which is no container of {definition.where if definition else ''}"
            yield Fault(says, f"It has {', '.join(sorted(there))}.")
        if isinstance(entry.get("command"), str):
            yield Fault(f"{where}: the command of {name} is a text", "Write a list, one element for each word.")
    if overrides.get("cpu") or overrides.get("memory"):
        base = definition.data if definition else {}
        cpu, memory_mb = (units(overrides.get(one) or base.get(one)) for one in ("cpu", "memory"))
        says = wrong_pair(cpu, memory_mb) if cpu is not None and memory_mb is not None else ""
        if says:
            yield Fault(f"{where}: with its overrides {says}", "Take a pair that Fargate offers.")


LAUNCHES: Final = FileCheck(
    "launch_requests",
    "Every request of RunTask is within ECS's limits and names containers that are there",
    Severity.ERROR,
    ("launches",),
    "RunTask refuses overrides above 8,192 characters, sizes that Fargate does not offer, and unknown containers.",
    _look,
)
