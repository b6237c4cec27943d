"""From files to documents: each is known by what is in it, not by its name."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from doctor.evidence.answers import is_dockerfile, owner
from doctor.evidence.templates import lower
from doctor.health_checks.checks import UNKNOWN_TEXT
from doctor.health_checks.cloudformation import Resolver, is_template, load
from doctor.health_checks.dockerfile import Built, DockerfileError
from doctor.health_checks.dockerfile import read as read_dockerfile
from doctor.health_checks.ways import ways_and_whole
from doctor.offline.documents import Definition, Dockerfile, Documents, Launch, Resource, Service, Stack, objects, part

_REFERENCE: Final = re.compile(r"\{\{resolve:[^}]*\}\}")
_SUFFIXES: Final = (".json", ".yaml", ".yml", ".template")
_MOST_BYTES: Final = 5_000_000
_ANSWERS: Final = ("taskDefinition", "taskDefinitions", "services", "service", "tasks")


class NothingKnownError(ValueError):
    """A file holds nothing that a theory is about; says what was looked for."""


def read(paths: Iterable[Path], parameters: dict[str, str] | None = None) -> Documents:
    """The documents in files, and in all known files of folders.

    Args:
        paths: Files and folders.
        parameters: Values for parameters of templates, before their defaults.

    Raises:
        NothingKnownError: A file or folder that was named holds nothing known.
        OSError: It cannot be read.
    """
    documents = Documents()
    for path in paths:
        if path.is_dir():
            # Only what is hidden inside of it stays out: the folder itself was named, wherever it lies.
            files = [file for file in sorted(path.rglob("*")) if file.is_file() and _may_be_known(file, path)]
            names = [file.relative_to(path.parent).as_posix() for file in files]
            taken = [_take(name, file, documents, parameters or {}) for name, file in zip(names, files, strict=True)]
        else:
            taken = [_take(path.as_posix(), path, documents, parameters or {})]
        if not any(taken):
            raise NothingKnownError(
                f"{path}: holds no CloudFormation template, task definition, service, request of RunTask, log group,"
                " policy of IAM or Dockerfile"
            )
    _link(documents)
    return documents


def add_dockerfile(documents: Documents, name: str, path: Path) -> None:
    """Read a Dockerfile for the container or family of a name; for all others where that is empty.

    Raises:
        NothingKnownError: It is none.
        OSError: It cannot be read.
    """
    content = path.read_text(encoding="utf-8-sig", errors="replace")
    documents.dockerfiles.insert(0, Dockerfile(path.as_posix(), name, content, _image(path, content)))


def _may_be_known(path: Path, folder: Path) -> bool:
    hidden = any(name.startswith(".") for name in path.relative_to(folder).parts)
    like = path.suffix in _SUFFIXES or "dockerfile" in path.name.lower() or "containerfile" in path.name.lower()
    return like and not hidden and path.stat().st_size <= _MOST_BYTES


def _take(name: str, path: Path, documents: Documents, parameters: dict[str, str]) -> bool:
    content = path.read_text(encoding="utf-8-sig", errors="replace")
    if is_dockerfile(content):
        whose = owner(name) if "dockerfile" in path.name.lower() and path.name.lower() != "dockerfile" else ""
        documents.dockerfiles.append(Dockerfile(name, whose, content, _image(path, content)))
        return True
    try:
        data = json.loads(content) if content.lstrip()[:1] in {"{", "["} else load(content)
    except ValueError:
        return False
    if not is_template(data):
        return take(name, data, documents)
    try:
        for way in ways_and_whole(data, parameters):
            _take_stack(_stack(name, data, way.resolver), documents)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        says = f"{path}: a function or condition of this template cannot be worked out: {type(error).__name__}: {error}"
        raise NothingKnownError(says) from error
    return True


def _image(path: Path, content: str) -> Built:
    try:
        return read_dockerfile(content)
    except (DockerfileError, ValueError) as error:
        raise NothingKnownError(f"{path}: {error}") from error


def take(name: str, data: Any, documents: Documents) -> bool:
    """Put data with the names of the API into the documents; False when nothing is known in it."""
    if isinstance(data, list):
        return bool(sum(take(name, item, documents) for item in data))
    if not isinstance(data, dict):
        return False
    data = lower(data) if any(str(key)[:1].isupper() for key in data) and "Statement" not in data else data
    if "containerDefinitions" in data:
        documents.definitions.append(Definition(f"{name}: {data.get('family') or 'task definition'}", data))
    elif "Statement" in data:
        documents.policies.append((name, data))
    elif "serviceName" in data and "taskDefinition" in data:
        documents.services.append(Service(f"{name}: {data['serviceName']}", data))
    elif _is_launch(data):
        documents.launches.append(Launch(name, data))
    elif "logGroupName" in data:
        documents.log_groups.append((f"{name}: {data['logGroupName']}", data))
    else:
        inner = [data[key] for key in (*_ANSWERS, "logGroups") if isinstance(data.get(key), dict | list)]
        return bool(sum(take(name, value, documents) for value in inner))
    return True


def _is_launch(data: dict[str, Any]) -> bool:
    overrides = data.get("overrides")
    asks = isinstance(data.get("taskDefinition"), str) and {"cluster", "networkConfiguration", "overrides"} & set(data)
    return (
        bool(asks)
        or "containerOverrides" in data
        or (isinstance(overrides, dict) and "containerOverrides" in overrides)
    )


def _without_references(data: Any) -> Any:
    """The data with what CloudFormation looks up in Parameter Store or Secrets Manager as unknown."""
    if isinstance(data, dict):
        return {key: _without_references(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_without_references(value) for value in data]
    return _REFERENCE.sub(UNKNOWN_TEXT, data) if isinstance(data, str) else data


def _stack(name: str, template: dict[str, Any], resolver: Resolver) -> Stack:
    """The resources that a template makes, those left out whose condition is false."""
    found: dict[str, Resource] = {}
    for logical_id, body in template["Resources"].items():
        if not isinstance(body, dict) or (
            body.get("Condition") and resolver.condition(str(body["Condition"])) is False
        ):
            continue
        source = part(body, "Properties")
        properties = _without_references(resolver.value(source))
        known = properties if isinstance(properties, dict) else {}
        found[str(logical_id)] = Resource(str(logical_id), str(body.get("Type")), known, source)
    return Stack(name, found, frozenset(part(template, "Parameters")))


def _take_stack(stack: Stack, documents: Documents) -> None:
    documents.stacks.append(stack)
    for one in stack.resources.values():
        where = f"{stack.where}: {one.name}"
        data = lower(one.properties)
        match one.kind:
            case "AWS::ECS::TaskDefinition":
                documents.definitions.append(Definition(where, data, one.source, stack))
            case "AWS::ECS::Service":
                documents.services.append(Service(where, data, one.source, stack))
            case "AWS::Logs::LogGroup":
                documents.log_groups.append((where, data))
            case "AWS::Scheduler::Schedule":
                _take_schedule(where, data, documents)
            case "AWS::IAM::ManagedPolicy" | "AWS::IAM::Policy":
                documents.policies.append((where, one.properties.get("PolicyDocument") or {}))
            case "AWS::IAM::Role":
                for policy in objects(one.properties.get("Policies")):
                    documents.policies.append((where, policy.get("PolicyDocument") or {}))


def _take_schedule(where: str, data: dict[str, Any], documents: Documents) -> None:
    """What a schedule starts: its input is the request's overrides."""
    target = part(data, "target")
    if not part(target, "ecsParameters"):
        return
    try:
        overrides = json.loads(str(target.get("input") or "{}"))
    except ValueError:
        overrides = {}
    documents.launches.append(Launch(where, part(target, "ecsParameters") | {"overrides": overrides}))


def _link(documents: Documents) -> None:
    """Tell services which task definition they run."""
    linked: list[Service] = []
    for service in documents.services:
        named = service.stack.named(service.source.get("TaskDefinition")) if service.stack else None
        found = next(
            (
                one
                for one in documents.definitions
                if named is not None and one.stack is service.stack and one.where.endswith(f": {named.name}")
            ),
            None if named is not None else documents.definition(str(service.data.get("taskDefinition"))),
        )
        linked.append(Service(service.where, service.data, service.source, service.stack, found))
    documents.services[:] = linked
