"""What the environment says: the task spec, and how to sign in to Snowflake."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import ValidationError

from contract import sign_in
from contract.outcome import ExitCode
from contract.refusal import Problem, refusal_of
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
    "SNOWFLAKE_PRIVATE_KEY": "private_key",
    "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE": "private_key_passphrase",
    "SNOWFLAKE_PRIVATE_KEY_FILE": "private_key_file",
    "SNOWFLAKE_PRIVATE_KEY_FILE_PWD": "private_key_file_pwd",
    "SNOWFLAKE_TOKEN_FILE_PATH": "token_file_path",
}
_CONNECTION_NAME: Final = "SNOWFLAKE_DEFAULT_CONNECTION_NAME"
LOGIN_TIMEOUT_ENV: Final = "REPORTING_SNOWFLAKE_LOGIN_TIMEOUT_S"
NETWORK_TIMEOUT_ENV: Final = "REPORTING_SNOWFLAKE_NETWORK_TIMEOUT_S"
_TIMEOUTS_S: Final = {LOGIN_TIMEOUT_ENV: ("login_timeout", 60), NETWORK_TIMEOUT_ENV: ("network_timeout", 120)}
_VARIABLES: Final = {"port": "SNOWFLAKE_PORT"} | {argument: name for name, (argument, _) in _TIMEOUTS_S.items()}


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
        newer = "if the executor is newer than this image, deploy the image of the executor's version"
        message = f"the task spec in {source} is wrong: {says}; {newer}"
        raise RunFailedError(ExitCode.BAD_PARAMETERS, message) from error


def snowflake_arguments(environment: Mapping[str, str], *, service: bool = True) -> dict[str, Any]:
    """The connector's arguments that the environment sets; whatever else it reads from its own files.

    Args:
        environment: of the process.
        service: whether nobody watches, so that a password at an account has to be allowed.

    Raises:
        RunFailedError: it is no whole way to sign in, or no number where one is due; all of it at once (13).
    """
    given = {argument: environment[name] for name, argument in _SNOWFLAKE.items() if environment.get(name)}
    connection = environment.get(_CONNECTION_NAME)
    if connection:
        wrong = sign_in.clashes(given, is_file=_is_file)
    else:
        wrong, allowed = _allowed(environment)
        wrong += sign_in.problems(given | allowed, is_file=_is_file, service=service)
    numbers = {argument: environment.get(name, str(default)) for name, (argument, default) in _TIMEOUTS_S.items()}
    if "port" in given:
        numbers["port"] = given["port"]
    wrong += [
        Problem(_VARIABLES[argument], f"is {text!r}; write a whole number above 0")
        for argument, text in numbers.items()
        if not text.isdecimal() or int(text) == 0
    ]
    if wrong:
        says = "; ".join(str(problem) for problem in wrong)
        raise RunFailedError(
            ExitCode.SNOWFLAKE_UNREACHABLE,
            f"cannot sign in to Snowflake, these settings cannot be used: {says}"
            + ("" if connection else f" (or name a connection of connections.toml in {_CONNECTION_NAME})"),
        )
    # The connector lays what is given here over what connections.toml says.
    named = {"connection_name": connection} if connection else {}
    return sign_in.arguments(given) | {name: int(text) for name, text in numbers.items()} | named


def _allowed(environment: Mapping[str, str]) -> tuple[list[Problem], dict[str, str]]:
    try:
        allows = sign_in.allows_password(environment.get(sign_in.ALLOW_PASSWORD_ENV, ""))
    except ValueError as error:
        return [Problem(sign_in.ALLOW_PASSWORD_ENV, str(error))], {}
    return [], {"allow_password": "true"} if allows else {}


def _is_file(path: str) -> bool:
    return Path(path).is_file()


def process_environment() -> Mapping[str, str]:
    """The environment of this process."""
    return os.environ
