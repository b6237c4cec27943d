"""The settings, the sign-in, and what to do about each way in which Snowflake refuses one."""

import re
from typing import Any, Final

from snowflake.connector.config_manager import CONFIG_MANAGER

from contract import sign_in
from runner.connection_test.place import place_of
from runner.connection_test.step import BrokenError, Step, Trip
from runner.failures import RunFailedError
from runner.settings import snowflake_arguments

_LOGIN_S: Final = 25
_REMEDIES: Final = {
    "250001": "look at the text: 403 means that the account's name is wrong, 5xx that Snowflake is in trouble",
    "251018": "the task needs a task role, and AWS_REGION must be set in the task definition",
    "390100": "the user or the password is wrong, or the user may not use a password; service users take a workload "
    "identity or a key pair",
    "390144": "the public key of the user is not that of this private key, or the container's clock is wrong by more "
    "than a minute: see DESCRIBE USER (RSA_PUBLIC_KEY_FP) and the step clock",
    "390189": "the role is not there or not granted to the user: GRANT ROLE … TO USER …, or correct SNOWFLAKE_ROLE",
    "390201": "role, warehouse, database or schema does not exist, or the role may not use it: grant it, or correct "
    "SNOWFLAKE_ROLE, SNOWFLAKE_WAREHOUSE, SNOWFLAKE_DATABASE, SNOWFLAKE_SCHEMA",
    "390303": "the OAuth token is none, or not for this account: look at what writes SNOWFLAKE_TOKEN_FILE_PATH",
    "390318": "the OAuth token ran out: look at what renews SNOWFLAKE_TOKEN_FILE_PATH",
    "390422": "a network policy keeps this address out: add the NAT gateway's address to its network rule",
    "390432": "a programmatic access token needs a network policy on its user",
}
"""What to do, by the number in Snowflake's or the connector's answer."""


class Settings(Step):
    """The environment says where Snowflake is and how to sign in."""

    name = "settings"
    title = "settings of the container"
    limit_s = 5.0
    remedy = "set them in the task definition; docs/how-to/sign-in.md has each way with an example"

    def take(self, trip: Trip) -> str:
        """Read them, without showing a secret."""
        try:
            arguments = snowflake_arguments(trip.environment)
        except RunFailedError as error:
            raise BrokenError(error.failure.message) from error
        whole = _with_connection(arguments)
        trip.arguments, trip.place = arguments, place_of(whole)
        way = sign_in.way_of({name: str(value) for name, value in whole.items()}) or "what connections.toml says"
        known = sign_in.Way(way).name.replace("_", " ").lower() if way in set(sign_in.Way) else way
        user = whole.get("user") or "the user of its token"
        return f"{trip.place} as {user} by {known}, role {whole.get('role') or 'of the user'}"


def _with_connection(arguments: dict[str, Any]) -> dict[str, Any]:
    name = arguments.get("connection_name")
    if name is None:
        return arguments
    known: Any = CONFIG_MANAGER["connections"]
    if name not in known:
        raise BrokenError(f"connections.toml has no connection {name}; there: {', '.join(sorted(known)) or 'none'}")
    return {key: str(value) for key, value in known[name].items()} | arguments


class SignIn(Step):
    """Snowflake lets the runner in."""

    name = "sign_in"
    title = "sign-in to Snowflake"
    needs = ("tls",)
    limit_s = 30.0
    remedy = "look at LOGIN_HISTORY of the user in Snowflake: it names why a sign-in was refused"

    def take(self, trip: Trip) -> str:
        """Open a session as a report would."""
        from runner.source import Source  # noqa: PLC0415 - loads the whole connector, which earlier steps do without

        limits = {"login_timeout": min(_LOGIN_S, trip.arguments.get("login_timeout", _LOGIN_S))}
        try:
            trip.source = Source.connect(trip.arguments | limits, trip.spec)
        except RunFailedError as error:
            raise BrokenError(error.failure.message, remedy_for(error.failure.message)) from error
        return "signed in"


def remedy_for(message: str) -> str | None:
    """What to do about an answer of Snowflake, by the most telling number in it."""
    numbers = [number for number in re.findall(r"\b\d{6}\b", message) if number in _REMEDIES]
    # 250001 is the connector's wrapper around whatever it was told.
    return _REMEDIES[min(numbers, key=lambda number: number == "250001")] if numbers else None
