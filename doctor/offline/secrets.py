"""The theory that a secret cannot be read: another region, a wrong form, two things of one name, or none."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from contract.secret_names import holds_secret
from doctor.checks.frame import Fault, Severity
from doctor.offline.documents import Definition, Documents, known, objects, text
from doctor.offline.frame import FileCheck

_PARTS_OF_NAME: Final = 7
_PARTS_WITH_KEY: Final = 10
_PARAMETER: Final = re.compile(r"^[\w./-]{1,1011}$")
_REGION: Final = re.compile(r"^[a-z]{2}(-[a-z]+)+-\d$")
_HARMLESS: Final = re.compile(r"^(|true|false|none|\d{1,6}|arn:.*|https?://.*|/.*|file:.*)$", re.IGNORECASE | re.DOTALL)
_KEY_OF_AWS: Final = re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b")
_SHAPE: Final = "arn:aws:secretsmanager:<region>:<account>:secret:<name>:<JSON key>:<version stage>:<version id>"


def _look(documents: Documents) -> Iterator[Fault]:
    for definition in documents.definitions:
        for entry in definition.containers:
            where = definition.at(entry)
            configuration = entry.get("logConfiguration")
            more = configuration.get("secretOptions") if isinstance(configuration, dict) else None
            # Never the reference itself: people paste the secret there.
            for secret in (*objects(entry.get("secrets")), *objects(more)):
                reference, name = text(secret.get("valueFrom")), text(secret.get("name"))
                for says, remedy in _of_reference(reference, definition):
                    yield Fault(f"{where}: secret {name} {says}", remedy)
            yield from _names(where, entry)
            yield from _in_the_open(where, entry)


def _of_reference(reference: str, definition: Definition) -> Iterator[tuple[str, str]]:
    if not reference:
        yield "has no valueFrom", "Name the ARN of the secret or parameter."
        return
    parts = reference.split(":")
    if definition.stack is not None and parts[0] in definition.stack.resources:
        return  # the ARN of a secret that the same template makes
    if not reference.startswith("arn:"):
        if known(reference) and not _PARAMETER.match(reference):
            yield "is named by neither an ARN nor a parameter's name", f"Write {_SHAPE}."
        return
    if len(parts) < 6 or (known(parts[2]) and parts[2] not in {"secretsmanager", "ssm"}):
        yield "has the ARN of neither Secrets Manager nor Parameter Store", f"Write {_SHAPE}."
        return
    region = parts[3]
    if known(region) and not _REGION.match(region):
        yield "has an ARN without a region", f"Write {_SHAPE}."
    elif known(region) and definition.region and region != definition.region:
        yield (
            f"is of region {region}, the task runs in {definition.region}",
            "Make it there, too; it is not found across.",
        )
    if known(reference):  # an ARN that only the account knows may hold colons of its own
        yield from _of_parts(parts)


def _of_parts(parts: list[str]) -> Iterator[tuple[str, str]]:
    if parts[2] == "secretsmanager" and len(parts) not in {_PARTS_OF_NAME, _PARTS_WITH_KEY}:
        yield f"has an ARN of {len(parts)} parts between colons, not 7 or 10", f"Write {_SHAPE}, colons to the end."
    elif parts[2] == "secretsmanager" and parts[5] != "secret":
        yield "has an ARN of Secrets Manager that names no secret", f"Write {_SHAPE}."
    elif parts[2] == "ssm" and (len(parts) != 6 or not parts[5].startswith("parameter/")):
        yield "has an ARN of no parameter", "arn:aws:ssm:<region>:<account>:parameter/<name>; it has no JSON keys."


def _names(where: str, entry: dict[str, Any]) -> Iterator[Fault]:
    plain = [text(pair.get("name")) for pair in objects(entry.get("environment"))]
    hidden = [text(pair.get("name")) for pair in objects(entry.get("secrets"))]
    for name in sorted(set(plain) & set(hidden) - {""}):
        if known(name):
            yield Fault(f"{where}: {name} is a variable and a secret", "ECS takes one of them: leave the variable out.")
    for kind, names in (("variable", plain), ("secret", hidden)):
        for name, count in Counter(names).items():
            if count > 1 and known(name):
                yield Fault(f"{where}: the {kind} {name} is set {count} times", "Set it once.", Severity.WARNING)


def _in_the_open(where: str, entry: dict[str, Any]) -> Iterator[Fault]:
    for pair in objects(entry.get("environment")):
        name, value = text(pair.get("name")), text(pair.get("value"))
        secret = holds_secret(name) and not _HARMLESS.match(value) and len(value) > 3
        if known(value) and (secret or _KEY_OF_AWS.search(value)):
            says = f"{where}: {name} holds a secret that everybody reads who may describe the task definition"
            yield Fault(says, "Keep it in Secrets Manager, and name it under secrets.", Severity.WARNING)


SECRETS: Final = FileCheck(
    "secret_references",
    "Every secret is named in a form that ECS reads, in the task's region, once, and none stands in the open",
    Severity.ERROR,
    ("definitions",),
    "ECS reads secrets before it starts a container: one that is not found keeps every task from starting.",
    _look,
)
