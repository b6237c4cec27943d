"""What the environment says: the task spec, and how to sign in to Snowflake."""

import os
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import ValidationError

from contract.outcome import ExitCode
from contract.refusal import refusal_of
from contract.task_spec import SPEC_ENV, SPEC_URI_ENV, TaskSpec
from runner.failures import RunFailedError

_SNOWFLAKE: Final = {
    "SNOWFLAKE_ACCOUNT": "account",
    "SNOWFLAKE_USER": "user",
    "SNOWFLAKE_PASSWORD": "password",
    "SNOWFLAKE_HOST": "host",
    "SNOWFLAKE_PORT": "port",
    "SNOWFLAKE_PROTOCOL": "protocol",
    "SNOWFLAKE_ROLE": "role",
    "SNOWFLAKE_WAREHOUSE": "warehouse",
    "SNOWFLAKE_DATABASE": "database",
    "SNOWFLAKE_SCHEMA": "schema",
    "SNOWFLAKE_AUTHENTICATOR": "authenticator",
    "SNOWFLAKE_WORKLOAD_IDENTITY_PROVIDER": "workload_identity_provider",
    "SNOWFLAKE_PRIVATE_KEY_FILE": "private_key_file",
    "SNOWFLAKE_PRIVATE_KEY_FILE_PWD": "private_key_file_pwd",
    "SNOWFLAKE_TOKEN_FILE_PATH": "token_file_path",
}
# Their tokens say who signs in (snowflake.connector.connection, empty_user_allowed_authenticators).
_WITHOUT_USER: Final = {
    "WORKLOAD_IDENTITY", "OAUTH", "OAUTH_AUTHORIZATION_CODE", "OAUTH_CLIENT_CREDENTIALS", "PROGRAMMATIC_ACCESS_TOKEN",
}  # fmt: skip
_CONNECTION_NAME: Final = "SNOWFLAKE_DEFAULT_CONNECTION_NAME"
LOGIN_TIMEOUT_ENV: Final = "REPORTING_SNOWFLAKE_LOGIN_TIMEOUT_S"
NETWORK_TIMEOUT_ENV: Final = "REPORTING_SNOWFLAKE_NETWORK_TIMEOUT_S"
_DEFAULT_TIMEOUTS_S: Final = {LOGIN_TIMEOUT_ENV: 60, NETWORK_TIMEOUT_ENV: 120}


def read_task_spec(environment: Mapping[str, str], fetch: Callable[[str, str], str]) -> TaskSpec:
    """The order of this attempt.

    Args:
        environment: holds it as JSON, or the S3 URI of the JSON.
        fetch: reads a text object, given its bucket and key.

    Raises:
        RunFailedError: there is none, or it is not one (11), or S3 cannot be reached (14).
    """
    text, source = environment.get(SPEC_ENV), SPEC_ENV
    if not text:
        source = environment.get(SPEC_URI_ENV, "")
        where = urlsplit(source)
        if where.scheme != "s3" or not where.netloc or not where.path.strip("/"):
            raise RunFailedError(
                ExitCode.BAD_PARAMETERS,
                f"no task spec: set {SPEC_ENV} to its JSON, or {SPEC_URI_ENV} to s3://bucket/key"
                + (f", not {source!r}" if source else ""),
            )
        text = fetch(where.netloc, where.path.lstrip("/"))
    try:
        return TaskSpec.model_validate_json(text)
    except ValidationError as error:
        says = refusal_of(error, "spec")
        raise RunFailedError(ExitCode.BAD_PARAMETERS, f"the task spec in {source} is wrong: {says}") from error


def snowflake_arguments(environment: Mapping[str, str]) -> dict[str, Any]:
    """The connector's arguments that the environment sets; whatever else it reads from its own files.

    Raises:
        RunFailedError: what it takes to sign in is missing or no number where one is due (13).
    """
    arguments: dict[str, Any] = {
        argument: environment[name] for name, argument in _SNOWFLAKE.items() if environment.get(name)
    }
    authenticator = arguments.get("authenticator", "").upper()
    needed = ["account"] if authenticator in _WITHOUT_USER else ["account", "user"]
    if authenticator == "WORKLOAD_IDENTITY":
        needed.append("workload_identity_provider")
    if environment.get(_CONNECTION_NAME):
        # The connector lays what is given here over what connections.toml says.
        arguments["connection_name"] = environment[_CONNECTION_NAME]
    elif missing := [f"SNOWFLAKE_{name.upper()}" for name in needed if name not in arguments]:
        raise RunFailedError(
            ExitCode.SNOWFLAKE_UNREACHABLE,
            f"cannot sign in to Snowflake: set {' and '.join(missing)}, or name a connection of connections.toml "
            f"in {_CONNECTION_NAME}",
        )
    if "port" in arguments:
        arguments["port"] = _whole_number("SNOWFLAKE_PORT", arguments["port"])
    for name, argument in ((LOGIN_TIMEOUT_ENV, "login_timeout"), (NETWORK_TIMEOUT_ENV, "network_timeout")):
        arguments[argument] = _whole_number(name, environment.get(name, str(_DEFAULT_TIMEOUTS_S[name])))
    return arguments


def _whole_number(name: str, text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise RunFailedError(ExitCode.SNOWFLAKE_UNREACHABLE, f"{name} is {text!r}; write a whole number above 0")
    return int(text)


def process_environment() -> Mapping[str, str]:
    """The environment of this process."""
    return os.environ
