"""The command line's own connection: statements by name, rows as dictionaries."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import snowflake.connector
from snowflake.connector import DictCursor, SnowflakeConnection, errors

from contract.binding import bound
from executor.cli import snowflake_troubles as troubles
from executor.cli.errors import CommandError, Exit
from executor.deploy import templates
from executor.deploy.signing_in import explicit
from executor.settings import ObjectNames, SettingsError, SnowflakeSettings
from executor.settings import load as read_settings
from sql import load

PROCEDURE_RAISED = 100357
"""Snowflake's number for an exception in a Python procedure."""

NOT_THERE = frozenset({2003, 2140, 2141, 2043, 90105, 90106})
"""An object, a procedure or its signature, a database or a schema "does not exist or not authorized"."""

ADMINISTRATORS = frozenset({"ACCOUNTADMIN", "SYSADMIN", "SECURITYADMIN"})
"""Whoever signs in as one of these lacks no grant that would have to be asked for."""

OPERATORS = frozenset({"costs", "pauses", "call_pause_reports", "call_resume_reports", "call_prune_history"})
"""What takes the role of an operator; a requester may ask everything else."""

_VARIANTS = ("params", "options")


class Client:
    """Reads the views and calls the procedures, as any Snowflake client would."""

    def __init__(self, connection: SnowflakeConnection, names: ObjectNames | None = None) -> None:
        """An open connection whose database and schema are the installation's, by name when it may not see them."""
        self._connection, self._names = connection, names

    def rows(self, name: str, **values: object) -> list[dict[str, Any]]:
        """The rows of the statement of that name, VARIANTs read.

        Args:
            name: of the statement.
            values: what it binds, and the names that stand between double braces in it.

        Raises:
            CommandError: nothing is installed here, or the line is gone (3).
        """
        with self._connection.cursor(DictCursor) as cursor, self._said(name):
            text = templates.query(name, **{key: templates.inside_quotes(str(value)) for key, value in values.items()})
            cursor.execute(*bound(text, values))
            return [_readable(dict(row)) for row in cursor.fetchall()]

    def job(self, job_id: str) -> dict[str, Any]:
        """One job, whole.

        Raises:
            CommandError: there is no such job.
        """
        rows = self.rows("job", job_id=job_id)
        if not rows:
            raise CommandError(f"{job_id} is not the id of a job; reporting jobs lists them")
        return rows[0]

    def call(self, name: str, **values: object) -> Any:
        """The answer of the procedure that the statement of that name calls.

        Raises:
            CommandError: the procedure refused, in its own words; nothing is installed here; the line is gone (3).
        """
        with self._connection.cursor() as cursor, self._said(name):
            cursor.execute(*bound(load(name), values))
            row = cursor.fetchone()
            return json.loads(row[0]) if isinstance(row, tuple) else None

    @contextmanager
    def _said(self, name: str) -> Iterator[None]:
        # The connector's errors, as what the user can do about them.
        try:
            yield
        except errors.Error as error:
            if error.errno == PROCEDURE_RAISED:
                raise CommandError(_refusal(str(error.msg))) from error
            if error.errno in NOT_THERE:
                raise self._nothing_to_use(name) from error
            if (trouble := troubles.of_statement(error)) is not None:
                raise trouble from error
            raise

    def _nothing_to_use(self, name: str) -> CommandError:
        names, role = self._names, self._connection.role
        where = (
            (names.database if names else None) or str(self._connection.database),
            (names.schema_name if names else None) or str(self._connection.schema),
        )
        needed = "REPORT_OPERATOR" if name in OPERATORS else "REPORT_REQUESTER"
        return troubles.nothing_to_use(where, role, needed, has_it=role in ADMINISTRATORS or self._has(needed))

    def _has(self, role: str) -> bool:
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(*bound(load("has_role"), {"role": role}))
                return cursor.fetchone() == (True,)
        except errors.Error:
            return True  # who cannot even ask that lacks more than a grant


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
        names, settings = read_settings(ObjectNames, SnowflakeSettings)
        arguments = explicit(settings.connect_arguments(names))
    except SettingsError as error:
        raise CommandError(str(error), Exit.USAGE) from error
    try:
        connection = snowflake.connector.connect(
            **arguments,
            paramstyle="qmark",
            login_timeout=15,
            network_timeout=30,
            session_parameters={"QUERY_TAG": f"reporting:{component}", "TIMEZONE": "UTC"},
        )
    except errors.Error as error:
        raise troubles.of_sign_in(error, arguments) from error
    with connection:
        yield Client(connection, names)
