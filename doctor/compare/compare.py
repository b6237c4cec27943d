"""What differs between two deployments, and what that can cause."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Any, Final

from contract.secret_names import may_hold_secret
from doctor.compare.flat import Fact, facts, of_both
from doctor.compare.places import place_of, same
from doctor.evidence.evidence import Evidence

CAUSES: Final = {
    "image": "another program runs, or none: it may not fit the architecture, lack tools, or be missing",
    "command": "another command runs, or none: exit code 126 or 127, or a health check that looks for the old one",
    "health check": "tasks that work are ended as unhealthy, or dead ones kept",
    "environment": "the program looks elsewhere: brokers, tables and buckets of another account or none",
    "secrets": "tasks cannot start, or sign in as somebody else",
    "roles": "calls are denied: pulling the image, reading secrets, writing logs, or those of the program",
    "network": "nothing answers: no way out, another VPC, a closed security group, a port nobody listens on",
    "size": "out of memory, or too slow to pass its health check in time",
    "logs": "tasks cannot start for want of a log group, or nothing is kept to read",
    "deployment": "tasks run elsewhere, are replaced otherwise, or a failed rollout does not end",
}
"""Groups of differences, those that most often keep a service from running first."""
_IN_URL: Final = re.compile(r"(?<=://)([^@/\s:]*):([^@/\s]+)(?=@)")


@dataclass(frozen=True)
class Difference:
    """One value that differs; None where one side has none."""

    group: str
    path: str
    old: str | None
    new: str | None


@dataclass(frozen=True)
class Comparison:
    """Two things of the same name.

    Attributes:
        name: What is compared.
        places: Account and region of both sides, where they are known and differ; they count as one difference.
        differences: What else differs, grouped in the order of :data:`CAUSES`.
    """

    name: str
    places: tuple[str, str] | None
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Compared:
    """Everything of two deployments; ``only_old`` and ``only_new`` have no counterpart."""

    comparisons: tuple[Comparison, ...]
    only_old: tuple[str, ...]
    only_new: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether nothing differs but account and region."""
        return not (self.only_old or self.only_new or any(each.differences for each in self.comparisons))


def compare(old: Evidence, new: Evidence, key: bytes) -> Compared:
    """Compare by name; services, and task definitions, of which each side has only one, whatever their names.

    Args:
        old: One side.
        new: The other.
        key: Random bytes: fingerprints of secrets agree within one comparison and tell nothing outside of it.
    """
    left, right = _paired(_things(old), _things(new))
    return Compared(
        tuple(_compared(name, left[name], right[name], key) for name in left if name in right),
        tuple(name for name in left if name not in right),
        tuple(name for name in right if name not in left),
    )


def _paired(
    left: dict[str, dict[str, Any]], right: dict[str, dict[str, Any]]
) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
    """Both sides, a kind that each has once under one name: services and task definitions may be called otherwise."""
    for kind in ("service ", "task definition "):
        mine, theirs = ([name for name in side if name.startswith(kind)] for side in (left, right))
        if len(mine) == len(theirs) == 1 and mine != theirs:
            both = f"{mine[0]} → {theirs[0]}"
            left = {both if name == mine[0] else name: one for name, one in left.items()}
            right = {both if name == theirs[0] else name: one for name, one in right.items()}
    return left, right


def _things(evidence: Evidence) -> dict[str, dict[str, Any]]:
    """Settings, stacks, services and task definitions by name; of several revisions in one file the newest."""
    found: dict[str, dict[str, Any]] = {"settings": {"settings": evidence.settings}} if evidence.settings else {}
    for stack in evidence.stacks:
        parameters = {str(one.get("ParameterKey")): one.get("ParameterValue") for one in stack.get("Parameters") or []}
        named = f"stack {stack['StackName']}" if len(evidence.stacks) > 1 else "stack"
        environment = stack.get("environmentName") or parameters.get("Environment")
        found[named] = {"StackId": stack.get("StackId"), "environmentName": environment, "parameters": parameters}
    for service in evidence.services:
        found[f"service {service.get('logicalId') or service['serviceName']}"] = service
    for definition in sorted(evidence.definitions, key=lambda one: int(one.get("revision") or 0)):
        named = definition.get("logicalId") or definition.get("family") or definition.get("taskDefinitionArn") or "task"
        found[f"task definition {named}"] = definition
    return found


def _compared(name: str, old: dict[str, Any], new: dict[str, Any], key: bytes) -> Comparison:
    here, there = place_of(old), place_of(new)
    looked = bool(old.get("looked") and new.get("looked"))
    left, right = facts(old, looked=looked), facts(new, looked=looked)
    order = list(CAUSES)
    found = [
        _shown(left.get(path), right.get(path), key)
        for path in sorted({*left, *right})
        if not same(_value(left.get(path)), _value(right.get(path)), here, there)
        and not (of_both(path) and {left.get(path), right.get(path)} & {None})
    ]
    moved = here.known and there.known and str(here) != str(there)
    return Comparison(
        name,
        (str(here), str(there)) if moved else None,
        tuple(sorted(found, key=lambda each: (order.index(each.group), each.path))),
    )


def _value(fact: Fact | None) -> str | None:
    return fact.value if fact else None


def _shown(old: Fact | None, new: Fact | None, key: bytes) -> Difference:
    known = old or new or Fact("deployment", "", "")
    return Difference(known.group, known.path, _masked(old, key) if old else None, _masked(new, key) if new else None)


def _masked(fact: Fact, key: bytes) -> str:
    """The value; a password, wherever it stands, as a fingerprint."""
    if "secretValues" in fact.path.split("."):
        return fingerprint(fact.value, key)
    if (
        fact.group == "environment"
        and may_hold_secret(fact.path.rsplit(".", 1)[-1])
        and fact.value
        and not fact.value.startswith("arn:")
    ):
        return fingerprint(fact.value, key)
    return _IN_URL.sub(lambda found: f"{found[1]}:{fingerprint(found[2], key)}", fact.value)


def fingerprint(value: str, key: bytes) -> str:
    """Eight letters that are the same for the same secret and the same key."""
    return f"secret #{hmac.new(key, value.encode(), hashlib.sha256).hexdigest()[:8]}"
