"""The command line's own connection: statements by name, rows as dictionaries."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import snowflake.connector
from pydantic import ValidationError
from snowflake.connector import DictCursor, SnowflakeConnection, errors

from contract.binding import bound
from executor.cli.errors import CommandError, Exit
from executor.settings import ObjectNames, SnowflakeSettings, explain
from sql import load

PROCEDURE_RAISED = 100357
"""Snowflake's number for an exception in a Python procedure."""

_VARIANTS = ("params", "options")


class Client:
    """Reads the views and calls the procedures, as any Snowflake client would."""

    def __init__(self, connection: SnowflakeConnection) -> None:
        """An open connection whose database and schema are the installation's."""
        self._connection = connection

    def rows(self, name: str, **values: object) -> list[dict[str, Any]]:
        """The rows of the statement of that name, VARIANTs read."""
        with self._connection.cursor(DictCursor) as cursor:
            cursor.execute(*bound(load(name), values))
            return [_readable(dict(row)) for row in cursor.fetchall()]

    def call(self, name: str, **values: object) -> Any:
        """The answer of the procedure that the statement of that name calls.

        Raises:
            CommandError: the procedure refused, in its own words.
        """
        with self._connection.cursor() as cursor:
            try:
                cursor.execute(*bound(load(name), values))
            except errors.ProgrammingError as error:
                if error.errno == PROCEDURE_RAISED:
                    raise CommandError(_refusal(str(error.msg))) from error
                raise
            row = cursor.fetchone()
            return json.loads(row[0]) if isinstance(row, tuple) else None


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    return {
        key.lower(): json.loads(value) if key.lower() in _VARIANTS and isinstance(value, str) else value
        for key, value in row.items()
    }


def _refusal(message: str) -> str:
    # "Python Interpreter Error:\n… RefusedError: params.x: … in function F with handler …" → the refusal itself.
    text = message.rsplit("RefusedError: ", maxsplit=1)[-1].rsplit("Python Interpreter Error:", maxsplit=1)[-1]
    return " ".join(text.split(" in function ")[0].split())


def as_json(value: object) -> str:
    """Rows as JSON; times in ISO form, decimals as numbers."""
    return json.dumps(value, indent=2, default=_json_default)


def _json_default(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


@contextmanager
def connected(component: str = "cli") -> Iterator[Client]:
    """A client by the settings of the environment.

    Raises:
        CommandError: settings are wrong (2), or Snowflake cannot be reached (3).
    """
    try:
        names, settings = ObjectNames(), SnowflakeSettings()
    except ValidationError as error:
        raise CommandError("these settings cannot be used:\n" + explain(error, ""), Exit.USAGE) from error
    try:
        connection = snowflake.connector.connect(
            **settings.connect_arguments(names),
            paramstyle="qmark",
            login_timeout=15,
            network_timeout=30,
            session_parameters={"QUERY_TAG": f"reporting:{component}", "TIMEZONE": "UTC"},
        )
    except errors.Error as error:
        raise CommandError(
            f"Snowflake cannot be reached: {str(error.msg).strip()}; check SNOWFLAKE_ACCOUNT, SNOWFLAKE_USER and the "
            "network, or run: set -a; . .local/env; set +a",
            Exit.UNREACHABLE,
        ) from error
    with connection:
        yield Client(connection)
