"""One connection to Snowflake in a thread of its own, so that the connector's waiting never stops the loops."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import snowflake.connector
from snowflake.connector import DictCursor, errors

from contract.binding import bound
from executor.adapters.snowflake_errors import connection_is_gone, is_transient, nothing_was_done, sign_in_trouble
from executor.core.leadership import MARGIN_S, STATEMENT_TIMEOUT_S
from executor.port_errors import NothingDoneError, SignInRefusedError, StoreUnavailableError
from sql import load

LOGIN_TIMEOUT_S: Final = 10
NETWORK_TIMEOUT_S: Final = STATEMENT_TIMEOUT_S + 2
"""An answer that has not come by then is not waited for; the connector may take as long again to abort."""
LATE_S: Final = MARGIN_S - 1.0
"""A statement that writes is not sent later than this after it was asked for: the trust was looked at then."""


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
        self._quiet_at_s = 0.0

    async def run(self, name: str, **values: object) -> Answer:
        """Execute the statement of that name with its binds.

        Raises:
            NothingDoneError: Snowflake could not be asked, or says that it left everything as it was.
            StoreUnavailableError: the answer was lost; what was asked for may be done by now, or in a moment.
            snowflake.connector.errors.Error: the statement is wrong or not allowed.
        """
        text, binds = bound(load(name), values)
        send_by_s = time.monotonic() + LATE_S if "fence" in values else None
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._run, name, text, binds, send_by_s)

    async def quiet(self) -> bool:
        """Whether every statement was answered, or must be over by now."""
        return await asyncio.get_running_loop().run_in_executor(
            self._thread, lambda: time.monotonic() >= self._quiet_at_s
        )

    async def close(self) -> None:
        """Close the connection and its thread."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._drop)
        self._thread.shutdown(wait=False)

    def _run(self, name: str, text: str, binds: Sequence[object], send_by_s: float | None) -> Answer:
        connection = self._connected(name)
        if send_by_s is not None and time.monotonic() > send_by_s:
            # The thread or the sign-in took its time; whoever asked looks at the trust again, and asks again.
            raise NothingDoneError(f"{name}: not sent, because it was late")
        try:
            with connection.cursor(DictCursor) as cursor:
                cursor.execute(text, binds or None)
                rows = [{key.lower(): value for key, value in dict(row).items()} for row in cursor.fetchall()]
                return Answer(rows, cursor.rowcount or 0)
        except errors.Error as error:
            if connection_is_gone(error):
                self._drop()
            if nothing_was_done(error):
                raise NothingDoneError(f"{name}: {error.msg or error}") from error
            if is_transient(error):
                self._quiet_at_s = time.monotonic() + STATEMENT_TIMEOUT_S
                raise StoreUnavailableError(f"{name}: {error.msg or error}") from error
            raise

    def _connected(self, name: str) -> snowflake.connector.SnowflakeConnection:
        if self._connection is None or self._connection.is_closed():
            try:
                self._connection = self._connect()
            except errors.Error as error:
                trouble = sign_in_trouble(error)
                if trouble is not None:
                    raise SignInRefusedError(f"{name}: Snowflake refuses the sign-in: {trouble}") from error
                raise NothingDoneError(f"{name}: {error.msg or error}") from error
        return self._connection

    def _connect(self) -> snowflake.connector.SnowflakeConnection:
        connection = snowflake.connector.connect(
            **self._arguments,
            paramstyle="qmark",
            login_timeout=LOGIN_TIMEOUT_S,
            network_timeout=NETWORK_TIMEOUT_S,
            session_parameters={
                "QUERY_TAG": f"reporting:{self._component}",
                "TIMEZONE": "UTC",
                "LOCK_TIMEOUT": STATEMENT_TIMEOUT_S,
                "STATEMENT_TIMEOUT_IN_SECONDS": STATEMENT_TIMEOUT_S,
                "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS": STATEMENT_TIMEOUT_S,
            },
        )
        if self._alone:
            try:
                connection.cursor().execute(load("only_this_role"))
            except errors.Error:
                connection.close(retry=False)
                raise
        return connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close(retry=False)
            except errors.Error:
                return
