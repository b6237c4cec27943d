"""Whether policies allow a call: moto's IAM engine judges actions, resources and denials.

That engine takes every condition of an identity policy as a denial or passes over it, so conditions are judged here
first: a statement whose condition does not hold is none, as IAM has it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Final

from moto.iam.access_control import IAMPolicy, PermissionResult

from tests.unit.infra.template import Tree

ROLES: Final = {
    "execution": "ExecutionRole",
    "executor": "ExecutorRole",
    "runner": "RunnerRole",
    "links": "LinksRole",
    "doorbell": "DoorbellRole",
    "drain": "DrainRole",
}


@dataclass(frozen=True, slots=True)
class Call:
    """One thing that somebody asks AWS for, with what IAM knows of the request."""

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)


def listed(one: Any) -> list[Any]:
    """IAM writes a list of one as the one."""
    return one if isinstance(one, list) else [one]


def statements(resources: Tree, role: str) -> list[Tree]:
    """All statements of a role's policies."""
    policies = resources[ROLES[role]]["Properties"]["Policies"]
    return [one for policy in policies for one in policy["PolicyDocument"]["Statement"]]


def _holds(operator: str, wanted: list[str], told: str | None) -> bool:
    if operator == "Bool" or operator.endswith("Equals"):
        return told in wanted
    if operator.endswith("Like"):
        return told is not None and any(fnmatchcase(told, pattern) for pattern in wanted)
    raise NotImplementedError(operator)


def conditions_hold(statement: Tree, context: Mapping[str, str]) -> bool:
    """Whether a request is one that the statement speaks of; a key that the request does not have holds nothing."""
    return all(
        _holds(operator, listed(wanted), context.get(key))
        for operator, keys in statement.get("Condition", {}).items()
        for key, wanted in keys.items()
    )


def applying(found: list[Tree], call: Call) -> Iterator[Tree]:
    """The statements that speak of a call."""
    for statement in found:
        if conditions_hold(statement, call.context):
            bare = {key: one for key, one in statement.items() if key != "Condition"}
            if _judged([bare], call) is not PermissionResult.NEUTRAL:
                yield statement


def allows(found: list[Tree], call: Call) -> bool:
    """Whether these statements together let a call through."""
    bare = [
        {key: one for key, one in statement.items() if key != "Condition"}
        for statement in found
        if conditions_hold(statement, call.context)
    ]
    return bool(bare) and _judged(bare, call) is PermissionResult.PERMITTED


def _judged(bare: list[Tree], call: Call) -> PermissionResult:
    document = json.dumps({"Version": "2012-10-17", "Statement": bare})
    return IAMPolicy(document).is_action_permitted(call.action, call.resource)
