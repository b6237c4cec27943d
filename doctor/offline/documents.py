"""What was read from files, sorted by what it is."""

import re
from dataclasses import dataclass, field
from typing import Any, Final

from doctor.health_checks.checks import UNKNOWN_TEXT
from doctor.health_checks.dockerfile import Built

_SUB: Final = re.compile(r"^\$\{([A-Za-z0-9]+)(?:\.[A-Za-z.]+)?\}$")


@dataclass(frozen=True)
class Resource:
    """A resource of a template.

    Attributes:
        name: Its logical id.
        kind: Its type, such as ``AWS::IAM::Role``.
        properties: Its properties with functions worked out.
        source: Its properties as they are written.
    """

    name: str
    kind: str
    properties: dict[str, Any]
    source: dict[str, Any]


@dataclass(frozen=True)
class Stack:
    """What a template makes under some conditions; ``where`` is its file, ``parameters`` are their names."""

    where: str
    resources: dict[str, Resource]
    parameters: frozenset[str] = frozenset()

    def of(self, *kinds: str) -> list[Resource]:
        """The resources of some types."""
        return [resource for resource in self.resources.values() if resource.kind in kinds]

    def named(self, value: Any) -> Resource | None:
        """The resource that ``Ref``, ``Fn::GetAtt`` or a plain ``Fn::Sub`` leads to; None when it is none of these."""
        if not isinstance(value, dict) or len(value) != 1:
            return None
        ((function, argument),) = value.items()
        if function == "Fn::Sub":
            found = _SUB.match(str(argument))
            argument = found[1] if found else ""
        elif function == "Fn::GetAtt":
            argument = argument[0] if isinstance(argument, list) else str(argument).split(".")[0]
        elif function != "Ref":
            return None
        return self.resources.get(str(argument))


@dataclass(frozen=True)
class Definition:
    """A task definition.

    Attributes:
        where: Its file, and its name in it.
        data: Its fields by the names of the API.
        source: The same as a template has it; empty for others.
        stack: The template around it; None for others.
    """

    where: str
    data: dict[str, Any]
    source: dict[str, Any] = field(default_factory=dict)
    stack: Stack | None = None

    @property
    def containers(self) -> list[dict[str, Any]]:
        """Its containers."""
        return objects(self.data.get("containerDefinitions"))

    @property
    def on_fargate(self) -> bool:
        """Whether it may run on Fargate."""
        told = self.data.get("requiresCompatibilities") or ["FARGATE"]
        return not known(told) or "FARGATE" in told

    @property
    def region(self) -> str:
        """The region by its own ARN, else by where its logs go; empty when neither tells."""
        arn = str(self.data.get("taskDefinitionArn") or "").split(":")
        if len(arn) > 5:
            return arn[3]
        told = {options(entry).get("awslogs-region", "") for entry in self.containers} - {""}
        return told.pop() if len(told) == 1 and known(told) else ""

    def at(self, entry: dict[str, Any]) -> str:
        """The words for one of its containers."""
        return f"{self.where}, container {entry.get('name') or '?'}"


@dataclass(frozen=True)
class Service:
    """A service, by the names of the API; ``definition`` is what it runs, where that is known."""

    where: str
    data: dict[str, Any]
    source: dict[str, Any] = field(default_factory=dict)
    stack: Stack | None = None
    definition: Definition | None = None

    @property
    def on_fargate(self) -> bool:
        """Whether its tasks run on Fargate, as far as it or its task definition tells."""
        strategy = objects(self.data.get("capacityProviderStrategy"))
        if self.data.get("launchType") or strategy:
            told = [self.data.get("launchType"), *(one.get("capacityProvider") for one in strategy)]
            return any(text(one).startswith("FARGATE") or not known(one) for one in told if one)
        return self.definition is None or self.definition.on_fargate


@dataclass(frozen=True)
class Launch:
    """A request of RunTask, or what a schedule hands to it."""

    where: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Dockerfile:
    """A Dockerfile: its text and the image it makes; ``owner`` is whose, empty for everybody's."""

    where: str
    owner: str
    text: str
    built: Built


@dataclass
class Documents:
    """Everything that was read; each list may be empty.

    Attributes:
        stacks: Templates, one for each way in which their conditions can turn out.
        definitions: Task definitions.
        services: Services.
        launches: Requests of RunTask.
        log_groups: Log groups by their file, with the names of the API.
        policies: Documents of IAM by their file.
        dockerfiles: Dockerfiles.
        settings: What is wrong with the settings of the environment; None when nobody looked.
    """

    stacks: list[Stack] = field(default_factory=list)
    definitions: list[Definition] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    launches: list[Launch] = field(default_factory=list)
    log_groups: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    policies: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    dockerfiles: list[Dockerfile] = field(default_factory=list)
    settings: list[str] | None = None

    def built(self, definition: Definition, entry: dict[str, Any]) -> Built | None:
        """The image of a container, where its Dockerfile was read."""
        found = [one for one in self.dockerfiles if one.owner == entry.get("name")]
        if len(definition.containers) == 1:
            found += [one for one in self.dockerfiles if one.owner in {"", definition.data.get("family")}]
        return found[0].built if found else None

    def definition(self, reference: str) -> Definition | None:
        """A task definition by its ARN, its family, its family with the revision, or its name in a template."""
        wanted = reference.rsplit("/", 1)[-1]
        for one in self.definitions:
            family = str(one.data.get("family") or "")
            if family and wanted in {family, f"{family}:{one.data.get('revision')}"}:
                return one
            if one.stack is not None and one.where == f"{one.stack.where}: {wanted}":
                return one
        return None


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; what is none is left out."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def part(data: Any, name: str) -> dict[str, Any]:
    """An object inside of another; empty where it is not there, or only the account knows it."""
    found = data.get(name) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


def items(value: Any) -> list[Any]:
    """A list, or the one thing that stands for a list of one."""
    return value if isinstance(value, list) else [] if value is None else [value]


def text(value: Any) -> str:
    """A value as text; empty for none."""
    return "" if value is None else str(value)


def known(value: Any) -> bool:
    """Whether no part of it hangs on what only the account knows."""
    return UNKNOWN_TEXT not in str(value)


def options(entry: dict[str, Any]) -> dict[str, str]:
    """The options of a container's log driver."""
    configuration = entry.get("logConfiguration")
    found = configuration.get("options") if isinstance(configuration, dict) else None
    return {str(key): text(value) for key, value in found.items()} if isinstance(found, dict) else {}


def number(value: Any) -> int | None:
    """A whole number; None when it is none."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return None
