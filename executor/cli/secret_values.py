"""The value of a secret that a task definition names, as ECS would set it."""

import base64
import json
from collections.abc import Callable
from typing import Any

_ARN_PARTS = 7
"""``arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME``, and behind it ``:KEY:STAGE:VERSION``."""


class NoSuchKeyError(Exception):
    """The secret has no such key, so that no task with it starts."""


def value_of(reference: str, told: Callable[..., dict[str, Any]]) -> str | None:
    """The value; that of a binary secret in base64. None where it may not be read.

    Args:
        reference: ``valueFrom`` of the task definition: the ARN of a secret, or a parameter by its ARN or name.
        told: asks AWS; answers with nothing where that is denied.

    Raises:
        NoSuchKeyError: the secret has not the key that is named.
    """
    if ":secretsmanager:" not in reference:
        answer = told("ssm", "get_parameter", Name=reference.rpartition(":parameter")[2], WithDecryption=True)
        return str(answer["Parameter"]["Value"]) if answer else None
    parts = reference.split(":")
    key, stage, version = [*parts[_ARN_PARTS:], "", "", ""][:3]
    which = {name: value for name, value in (("VersionStage", stage), ("VersionId", version)) if value}
    answer = told("secretsmanager", "get_secret_value", SecretId=":".join(parts[:_ARN_PARTS]), **which)
    if not answer:
        return None
    text = str(answer["SecretString"]) if "SecretString" in answer else _shown(answer.get("SecretBinary") or b"")
    return _of_key(text, key) if key else text


def _shown(binary: bytes) -> str:
    return base64.b64encode(binary).decode()


def _of_key(text: str, key: str) -> str:
    try:
        values = json.loads(text)
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise NoSuchKeyError(f"is no JSON object, so it has no key {key}")
    if key not in values:
        raise NoSuchKeyError(f"has no key {key}")
    value = values[key]
    return value if isinstance(value, str) else json.dumps(value)
