"""What all kinds of resources have in common."""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from local_cloud.aws.cloudformation.refusals import ResourceFailedError

Properties = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Made:
    """A resource that is there: what ``Ref`` gives, and what ``GetAtt`` gives by name."""

    physical_id: str
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hands:
    """What a kind works with.

    Attributes:
        client: gives a client of the local AWS by a service's name.
        logical_id: the resource's name in the template.
        cancelled: set when whoever waits shall give up.
        adopts: whether what is there already, by its name, is taken into the stack.
    """

    client: Callable[[str], Any]
    logical_id: str
    cancelled: threading.Event
    adopts: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of resource.

    Attributes:
        knows: the properties that are done here; others fail the resource by name.
        make: makes one.
        change: gives one other properties; answers with what it is then, which may be another one.
        delete: deletes one; one that is gone already is deleted.
        fixed: the properties that cannot be changed without making another one, which is not done here.
    """

    knows: frozenset[str]
    make: Callable[[Hands, Properties], Made]
    change: Callable[[Hands, Made, Properties, Properties], Made]
    delete: Callable[[Hands, Made, Properties], None]
    fixed: frozenset[str] = frozenset()

    def check(self, kind: str, properties: Properties) -> None:
        """See that all of these properties are done here.

        Raises:
            ResourceFailedError: naming those that are not.
        """
        if others := sorted(set(properties) - self.knows):
            raise ResourceFailedError(f"not supported by the local cloud: {', '.join(others)} of {kind}")

    def check_change(self, kind: str, before: Properties, after: Properties) -> None:
        """See that these properties can be changed in place.

        Raises:
            ResourceFailedError: naming those that cannot.
        """
        if moved := sorted(name for name in self.fixed if before.get(name) != after.get(name)):
            raise ResourceFailedError(f"not supported by the local cloud: another {', '.join(moved)} of {kind}")


def camel(tree: Any, *, as_is: Sequence[str] = ()) -> Any:
    """A part of a template with keys as the API of ECS writes them; below the keys ``as_is`` nothing changes."""
    if isinstance(tree, Mapping):
        return {
            f"{key[:1].lower()}{key[1:]}": value if key in as_is else camel(value, as_is=as_is)
            for key, value in tree.items()
        }
    if isinstance(tree, list):
        return [camel(item, as_is=as_is) for item in tree]
    return tree


def document(value: Any) -> str:
    """A policy as the API takes it."""
    return value if isinstance(value, str) else json.dumps(value)


def tag_map(properties: Properties) -> dict[str, str]:
    """The tags as some services take them, by key."""
    return {item["Key"]: str(item["Value"]) for item in properties.get("Tags") or []}


def tag_list(properties: Properties) -> list[dict[str, str]]:
    """The tags as most services take them."""
    return [{"Key": key, "Value": value} for key, value in tag_map(properties).items()]


def is_code(error: Exception, *codes: str) -> bool:
    """Whether AWS answered with one of these codes."""
    answer: Any = getattr(error, "response", {})
    return answer.get("Error", {}).get("Code") in codes
