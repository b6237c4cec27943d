"""A container secret's `valueFrom`: what it points at, and the part that is wanted of it."""

import json
from dataclasses import dataclass

from local_cloud.aws.fargate.world import SecretUnavailableError

SECRET_ARN_PARTS = 7  # arn:partition:secretsmanager:region:account:secret:name
JSON_KEY_MISSING = (
    "unable to retrieve secret from asm: service call has been retried 1 time(s): "
    "retrieved secret from Secrets Manager did not contain json key {key}"
)


@dataclass(frozen=True, slots=True)
class SecretReference:
    """A secret of Secrets Manager, or one key of the JSON object in it; empty parts mean the default."""

    secret_id: str
    region: str | None
    json_key: str = ""
    stage: str = ""
    version_id: str = ""

    def pick(self, text: str) -> str:
        """Answer with the wanted part of the secret's text.

        Raises:
            SecretUnavailableError: when a key is wanted that the text does not have.
        """
        if not self.json_key:
            return text
        try:
            value = json.loads(text)[self.json_key]
        except (ValueError, KeyError, TypeError) as error:
            raise SecretUnavailableError(JSON_KEY_MISSING.format(key=self.json_key)) from error
        return value if isinstance(value, str) else json.dumps(value)


@dataclass(frozen=True, slots=True)
class ParameterReference:
    """A parameter of the Systems Manager parameter store."""

    name: str
    region: str | None


def parse_value_from(value_from: str) -> SecretReference | ParameterReference:
    """Read a `valueFrom`: an ARN of a secret (with json-key:stage:version), or a parameter's ARN or name."""
    parts = value_from.split(":")
    if value_from.startswith("arn:") and parts[2] == "secretsmanager":
        rest = [*parts[SECRET_ARN_PARTS:], "", "", ""]
        return SecretReference(":".join(parts[:SECRET_ARN_PARTS]), parts[3], rest[0], rest[1], rest[2])
    if value_from.startswith("arn:") and parts[2] == "ssm":
        name = ":".join(parts[5:]).removeprefix("parameter")
        return ParameterReference(name if name.count("/") > 1 else name.lstrip("/"), parts[3])
    return ParameterReference(value_from, None)
