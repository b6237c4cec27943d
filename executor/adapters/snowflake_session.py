"""One connection to Snowflake in a thread of its own, so that the connector's waiting never stops the loops."""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import snowflake.connector
from snowflake.connector import DictCursor, errors

from contract.binding import bound
from executor.adapters.snowflake_errors import connection_is_gone, is_transient
from executor.ports import StoreUnavailableError
from sql import load

LOCK_TIMEOUT_S = 10
STATEMENT_TIMEOUT_S = 10
"""Nothing of ours runs longer; so a new leader knows when an old one's statements are over."""
NETWORK_TIMEOUT_S = STATEMENT_TIMEOUT_S + 2
"""An answer that has not come by then is not waited for; the connector may take as long again to abort."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a statement gave: rows by lower-case column, and how many rows it changed."""

    rows: list[dict[str, Any]]
    changed: int


class SnowflakeSession:
    """A long-lived connection, opened when first needed and again after it was lost."""

    def __init__(
        self, connect_arguments: Mapping[str, Any], component: str, *, role: str | None = None, alone: bool = False
    ) -> None:
        """A connection that is opened later.

        Args:
            connect_arguments: how to sign in.
            component: names the connection in Snowflake's query tag.
            role: the role to take instead of the one of the arguments.
            alone: use that role only. New users lend a session all their other roles as well (default of
                DEFAULT_SECONDARY_ROLES since 2024), which would give a role without a warehouse one after all.
        """
        self._arguments = dict(connect_arguments) | ({"role": role} if role else {})
        self._alone = alone
        self._component = component
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"snowflake-{component}")
        self._connection: snowflake.connector.SnowflakeConnection | None = None

    async def run(self, name: str, **values: object) -> Answer:
        """Execute the statement of that name with its binds.

        Raises:
            StoreUnavailableError: Snowflake could not be asked, or may answer later.
            snowflake.connector.errors.Error: the statement is wrong or not allowed.
        """
        text, binds = bound(load(name), values)
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._run, name, text, binds)

    async def close(self) -> None:
        """Close the connection and its thread."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._drop)
        self._thread.shutdown(wait=False)

    def _run(self, name: str, text: str, binds: Sequence[object]) -> Answer:
        try:
            with self._connected().cursor(DictCursor) as cursor:
                cursor.execute(text, binds or None)
                rows = [{key.lower(): value for key, value in dict(row).items()} for row in cursor.fetchall()]
                return Answer(rows, cursor.rowcount or 0)
        except errors.Error as error:
            if connection_is_gone(error):
                self._drop()
            if is_transient(error):
                raise StoreUnavailableError(f"{name}: {error.msg or error}") from error
            raise

    def _connected(self) -> snowflake.connector.SnowflakeConnection:
        if self._connection is None or self._connection.is_closed():
            self._connection = snowflake.connector.connect(
                **self._arguments,
                paramstyle="qmark",
                login_timeout=30,
                network_timeout=NETWORK_TIMEOUT_S,
                session_parameters={
                    "QUERY_TAG": f"reporting:{self._component}",
                    "TIMEZONE": "UTC",
                    "LOCK_TIMEOUT": LOCK_TIMEOUT_S,
                    "STATEMENT_TIMEOUT_IN_SECONDS": STATEMENT_TIMEOUT_S,
                },
            )
            if self._alone:
                self._connection.cursor().execute(load("only_this_role"))
        return self._connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except errors.Error:
                return
