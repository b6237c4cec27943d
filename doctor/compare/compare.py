"""What differs between two deployments, and what that can cause."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Any, Final

from doctor.compare.flat import Fact, facts
from doctor.evidence.evidence import Evidence
from doctor.evidence.masking import names_secret

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
    """Compare services and task definitions by name; when each side has only one, these whatever their names.

    Args:
        old: One side.
        new: The other.
        key: Random bytes: fingerprints of secrets agree within one comparison and tell nothing outside of it.
    """
    left, right = _things(old), _things(new)
    if len(left) == len(right) == 1 and set(left) != set(right):
        ((old_name, one),), ((new_name, other),) = left.items(), right.items()
        left, right = {f"{old_name} → {new_name}": one}, {f"{old_name} → {new_name}": other}
    return Compared(
        tuple(_compared(name, left[name], right[name], key) for name in left if name in right),
        tuple(name for name in left if name not in right),
        tuple(name for name in right if name not in left),
    )


def _things(evidence: Evidence) -> dict[str, dict[str, Any]]:
    """Services and task definitions by name; of several revisions in one file the newest."""
    found = {f"service {service['serviceName']}": service for service in evidence.services}
    for definition in sorted(evidence.definitions, key=lambda one: int(one.get("revision") or 0)):
        family = definition.get("family") or definition.get("taskDefinitionArn") or "task"
        found[f"task definition {family}"] = definition
    return found


def _compared(name: str, old: dict[str, Any], new: dict[str, Any], key: bytes) -> Comparison:
    old_place, new_place = _place(old), _place(new)
    left, right = facts(old), facts(new)
    order = list(CAUSES)
    found = [
        _shown(left.get(path), right.get(path), key)
        for path in sorted({*left, *right})
        if _plain(left.get(path), old_place) != _plain(right.get(path), new_place)
    ]
    places = (" ".join(old_place), " ".join(new_place))
    return Comparison(
        name,
        places if all(old_place) and all(new_place) and old_place != new_place else None,
        tuple(sorted(found, key=lambda each: (order.index(each.group), each.path))),
    )


def _place(data: dict[str, Any]) -> tuple[str, str]:
    """Account and region that an ARN of its own tells; empty when none does."""
    arn = str(data.get("serviceArn") or data.get("taskDefinitionArn") or "")
    parts = arn.split(":")
    return (parts[4], parts[3]) if arn.startswith("arn:") and len(parts) > 5 else ("", "")


def _plain(fact: Fact | None, place: tuple[str, str]) -> str | None:
    """The value with its own account and region taken out: what moves along with them does not count."""
    if fact is None:
        return None
    account, region = place
    text = fact.value.replace(account, "<account>") if account else fact.value
    return text.replace(region, "<region>") if region else text


def _shown(old: Fact | None, new: Fact | None, key: bytes) -> Difference:
    known = old or new or Fact("deployment", "", "")
    return Difference(known.group, known.path, _masked(old, key) if old else None, _masked(new, key) if new else None)


def _masked(fact: Fact, key: bytes) -> str:
    """The value; a password, wherever it stands, as a fingerprint."""
    if fact.group == "environment" and names_secret(fact.path.rsplit(".", 1)[-1]) and fact.value:
        return fingerprint(fact.value, key)
    return _IN_URL.sub(lambda found: f"{found[1]}:{fingerprint(found[2], key)}", fact.value)


def fingerprint(value: str, key: bytes) -> str:
    """Eight letters that are the same for the same secret and the same key."""
    return f"secret #{hmac.new(key, value.encode(), hashlib.sha256).hexdigest()[:8]}"
