"""What a report is about: one service, or one family of tasks, with everything that belongs to it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from contract.connection_test import REPORT_TYPE
from doctor.evidence.evidence import Event, Evidence, Log
from doctor.evidence.moments import moment
from doctor.evidence.tasks import Task
from doctor.health_checks.dockerfile import Built, DockerfileError
from doctor.health_checks.dockerfile import read as read_dockerfile

_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
_SUFFIX: Final = re.compile(r"[-_](service|svc|task|td)$")


@dataclass(frozen=True)
class Subject:
    """One service, or the tasks of one task definition.

    Attributes:
        name: The service's name, or the family.
        service: The answer of ``describe-services``; None for tasks without a service.
        definition: The task definition that it runs; None when it is not in the evidence.
        tasks: Its tasks, the oldest first.
        events: What ECS said of it, the oldest first.
        logs: Its logs.
        built: Its image as a Dockerfile makes it; None without one.
        whole: All of the evidence.
    """

    name: str
    service: dict[str, Any] | None
    definition: dict[str, Any] | None
    tasks: tuple[Task, ...]
    events: tuple[Event, ...]
    logs: tuple[Log, ...]
    built: Built | None
    whole: Evidence

    @property
    def containers(self) -> list[dict[str, Any]]:
        """The container definitions."""
        return [entry for entry in (self.definition or {}).get("containerDefinitions") or [] if isinstance(entry, dict)]

    @property
    def stopped(self) -> list[Task]:
        """Its tasks that have ended."""
        return [task for task in self.tasks if task.is_stopped]


def subjects(evidence: Evidence) -> list[Subject]:
    """Every service in the evidence; and the families of tasks and definitions that no service runs."""
    found = [_of_service(service, evidence) for service in evidence.services]
    taken = {task.arn for subject in found for task in subject.tasks}
    used = {id(subject.definition) for subject in found}
    families: dict[str, list[Task]] = {}
    for task in evidence.tasks:
        if task.arn not in taken:
            families.setdefault(_family_of(task.definition) or task.group or task.id, []).append(task)
    for definition in evidence.definitions:
        if id(definition) not in used and not evidence.services:
            families.setdefault(str(definition.get("family") or definition.get("taskDefinitionArn")), [])
    if evidence.connection and not (found or families):
        families[REPORT_TYPE] = []
    return found + [_of_tasks(family, tasks, evidence) for family, tasks in families.items()]


def subject_of_task(evidence: Evidence, wanted: str) -> Subject | None:
    """One task by its ARN or id, alone; None when it is not in the evidence."""
    for task in evidence.tasks:
        if wanted in {task.arn, task.id}:
            return _of_tasks(_family_of(task.definition) or task.id, [task], evidence)
    return None


def _of_service(service: dict[str, Any], evidence: Evidence) -> Subject:
    name = str(service["serviceName"])
    definition = _definition(str(service.get("taskDefinition") or ""), evidence, or_family=name)
    deployments = {str(one.get("id")) for one in service.get("deployments") or []}
    family = _family_of(str(service.get("taskDefinition") or ""))
    tasks = [
        task
        for task in evidence.tasks
        if task.group == f"service:{name}"
        or (task.started_by and task.started_by in deployments)
        or (
            not task.group
            and not task.started_by.startswith("ecs-svc/")
            and family
            and family == _family_of(task.definition)
        )
    ]
    own = [Event(moment(event.get("createdAt")), str(event.get("message"))) for event in service.get("events") or []]
    own += [event for event in evidence.events if f"(service {name})" in event.text or f"({name})" in event.text]
    return Subject(
        name=name,
        service=service,
        definition=definition,
        tasks=_by_age(tasks),
        events=tuple(sorted(set(own), key=lambda event: event.at or _LONG_AGO)),
        logs=_logs(name, definition, tasks, evidence),
        built=_built(name, definition, evidence),
        whole=evidence,
    )


def _of_tasks(family: str, tasks: list[Task], evidence: Evidence) -> Subject:
    definition = _definition(tasks[0].definition if tasks else family, evidence, or_family=family)
    return Subject(
        name=family,
        service=None,
        definition=definition,
        tasks=_by_age(tasks),
        events=(),
        logs=_logs(family, definition, tasks, evidence),
        built=_built(family, definition, evidence),
        whole=evidence,
    )


def _by_age(tasks: Iterable[Task]) -> tuple[Task, ...]:
    unique = {task.arn: task for task in tasks}
    return tuple(sorted(unique.values(), key=lambda task: str(task.created or task.started or "")))


def _family_of(reference: str) -> str:
    return reference.rpartition("/")[2].partition(":")[0]


def _definition(reference: str, evidence: Evidence, *, or_family: str) -> dict[str, Any] | None:
    """The definition of that ARN; else of that family and revision; else the newest of the family."""
    wanted = reference.rsplit("/", 1)[-1]
    of_family: list[dict[str, Any]] = []
    for definition in evidence.definitions:
        arn = str(definition.get("taskDefinitionArn") or "")
        family = str(definition.get("family") or _family_of(arn))
        if reference and (arn == reference or f"{family}:{definition.get('revision')}" == wanted):
            return definition
        if family in {_family_of(reference), or_family}:
            of_family.append(definition)
    return max(of_family, key=lambda definition: int(definition.get("revision") or 0), default=None)


def _names(name: str, definition: dict[str, Any] | None) -> set[str]:
    containers = [str(entry.get("name")) for entry in (definition or {}).get("containerDefinitions") or []]
    family = str((definition or {}).get("family") or "")
    every = {name, family, *(containers if containers != ["app"] else [])}
    return {each for each in every | {_SUFFIX.sub("", each) for each in every} if each}


def _logs(name: str, definition: dict[str, Any] | None, tasks: list[Task], evidence: Evidence) -> tuple[Log, ...]:
    """Logs whose name holds a task's id, else the name of service, family or container; of one service, all."""
    alone = len(evidence.services) + (not evidence.services) == 1
    ids = {task.id for task in tasks if task.id}
    names = _names(name, definition)
    return tuple(
        log for log in evidence.logs if alone or any(each in log.name for each in ids) or _is_named(log.name, names)
    )


def _is_named(text: str, names: set[str]) -> bool:
    return any(re.search(rf"(?<![\w]){re.escape(name)}(?![\w])", text) for name in names)


def _built(name: str, definition: dict[str, Any] | None, evidence: Evidence) -> Built | None:
    names = _names(name, definition)
    images = {str(entry.get("image")) for entry in (definition or {}).get("containerDefinitions") or []}
    names |= {_family_of(image.partition("@")[0]) for image in images}
    found = [text for owner, text in evidence.dockerfiles.items() if owner in names]
    found += [text for owner, text in evidence.dockerfiles.items() if owner and name.endswith(f"-{owner}")]
    found += [evidence.dockerfiles[""]] if "" in evidence.dockerfiles else []
    if not found and len(evidence.dockerfiles) == 1 and len(evidence.services) <= 1:
        found = list(evidence.dockerfiles.values())
    try:
        return read_dockerfile(found[0]) if found else None
    except (DockerfileError, ValueError):
        return None
