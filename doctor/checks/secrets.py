"""The check of the secrets and parameters that the task definitions name."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from doctor.checks.frame import Fault, Severity
from doctor.checks.place import CannotLookError, NotAskedError, Place, RefusedError
from doctor.checks.tasks_of_aws import described, named

_MADE: Final = re.compile(r"-[A-Za-z0-9]{6}$")
"""What Secrets Manager adds to a name, anew each time a secret of that name is made."""
_ARN_PARTS: Final = 7
_OLD_DAYS: Final = 365


class Secrets:
    """The secrets of the task definition."""

    id = "secrets"
    question = "Every secret that the task definition names is there, in this region, with the key that is asked for"
    severity = Severity.ERROR
    reads = (
        "ecs:DescribeTaskDefinition", "secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue",
        "ssm:GetParameters",
    )  # fmt: skip
    theory = "ECS reads secrets before it starts a container; one that is missing fails every job."

    def look(self, place: Place) -> list[Fault]:
        """Ask for each; of a value only the keys are looked at."""
        wanted = {
            str(secret["valueFrom"]): str(secret["name"])
            for name in named(place)
            for entry in described(place, name)["containerDefinitions"]
            for secret in entry.get("secrets") or []
        }
        if not wanted:
            raise NotAskedError("the task definition names no secret")
        found: list[Fault] = []
        unread: list[CannotLookError] = []
        for reference, name in wanted.items():
            try:
                found += _of(place, name, reference)
            except CannotLookError as error:
                unread.append(error)
        if unread and not found:
            raise unread[0]
        return found


def _of(place: Place, name: str, reference: str) -> Iterator[Fault]:
    parts = reference.split(":")
    is_arn = reference.startswith("arn:") and len(parts) > 5
    if is_arn and parts[3] != place.region:
        says = f"{name}: {reference} is of region {parts[3]}, tasks run in {place.region}"
        yield Fault(says, f"Make it in {place.region} too, or replicate it, and name that one in valueFrom.")
    elif is_arn and parts[2] == "secretsmanager":
        yield from _of_secret(place, name, ":".join(parts[:_ARN_PARTS]), parts[_ARN_PARTS:])
    elif not is_arn or parts[2] == "ssm":
        yield from _of_parameter(place, name, reference)


def _of_secret(place: Place, name: str, arn: str, rest: list[str]) -> Iterator[Fault]:
    try:
        there = place.aws("secretsmanager", "describe_secret", SecretId=arn)
    except RefusedError as error:
        yield _gone(place, name, arn, error)
        return
    if there.get("DeletedDate"):
        command = f"aws secretsmanager restore-secret --secret-id {arn}"
        yield Fault(f"{name}: {arn} is being deleted", command)
        return
    yield from _old(there, name, arn)
    key, stage, version = [*rest, "", "", ""][:3]
    if not key:
        return
    which = {"VersionStage": stage} if stage else {"VersionId": version} if version else {}
    try:
        value = place.aws("secretsmanager", "get_secret_value", SecretId=arn, **which)
    except RefusedError as error:
        yield Fault(f"{name}: {arn} has no version {stage or version or 'AWSCURRENT'}: {error.code}", "Put a value in.")
        return
    if key not in _keys(str(value.get("SecretString") or "")):
        yield Fault(f"{name}: {arn} has no key {key}", "Correct valueFrom, or add the key to the secret.")


def _gone(place: Place, name: str, arn: str, error: RefusedError) -> Fault:
    """A secret that is not there: perhaps one of the same name is, with another ending."""
    says = f"{name}: {arn}: {error.code}"
    plain = _MADE.sub("", arn.rsplit(":", 1)[-1])
    try:
        now = str(place.aws("secretsmanager", "describe_secret", SecretId=plain).get("ARN") or "")
    except (RefusedError, CannotLookError):
        now = ""
    if now and now != arn:
        says = f"{name}: {arn} is not there any more: the secret {plain} was made anew, and is {now} now"
        return Fault(says, f"Name {now} in valueFrom; better, let the stack name it.")
    remedy = "The six letters at an ARN's end change when a secret is made anew: take it from the stack."
    return Fault(says, remedy)


def _of_parameter(place: Place, name: str, reference: str) -> Iterator[Fault]:
    parts = reference.split(":")
    told = ":".join(parts[5:]).removeprefix("parameter") if reference.startswith("arn:") else reference
    wanted = told if told.count("/") > 1 else told.lstrip("/")
    answer = place.aws("ssm", "get_parameters", Names=[wanted])
    if answer.get("InvalidParameters") or not answer.get("Parameters"):
        remedy = "Create the parameter, or correct valueFrom; what is no ARN is taken for a parameter's name."
        yield Fault(f"{name}: there is no parameter {wanted} in {place.region}", remedy)


def _old(there: dict[str, Any], name: str, arn: str) -> Iterator[Fault]:
    changed, asked_at = there.get("LastChangedDate"), (there.get("ResponseMetadata") or {}).get("asked_at")
    if isinstance(changed, datetime) and isinstance(asked_at, datetime):
        days = (asked_at - changed).days
        if days > _OLD_DAYS:
            remedy = "Put a new key pair or password in; with a workload identity there is nothing to renew."
            yield Fault(f"{name}: the value of {arn} is {days} days old", remedy, Severity.WARNING)


def _keys(text: str) -> set[str]:
    try:
        data = json.loads(text)
    except ValueError:
        return set()
    return set(data) if isinstance(data, dict) else set()
