"""CALL: bind the arguments, run the handler with a real Snowpark session, answer its value."""

import atexit
import re
import secrets
import threading
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import snowflake.connector
from snowflake.snowpark import Session as SnowparkSession

from local_cloud.snowflake import handlers, system_calls
from local_cloud.snowflake.access_checks import Guard
from local_cloud.snowflake.argument_binding import Call, fits, read_call
from local_cloud.snowflake.argument_values import argument_sql, to_engine, to_python
from local_cloud.snowflake.engine import Params
from local_cloud.snowflake.errors import cancelled, failure
from local_cloud.snowflake.handler_stop import HandlerStopped, forgive_thread
from local_cloud.snowflake.overload_choice import family_of_value, nearest
from local_cloud.snowflake.procedure_ddl import Procedure
from local_cloud.snowflake.procedures import overloads, unknown_procedure
from local_cloud.snowflake.result import Result, from_rows
from local_cloud.snowflake.returned_table import returned_table
from local_cloud.snowflake.session import Session


def call(session: Session, sql: str, params: Params) -> Result:
    """CALL name(…): in the caller's session and transaction."""
    asked = read_call(sql)
    if asked.name[0].startswith("SYSTEM$"):
        return system_calls.run(session, sql, params)
    procedure, expressions = _chosen(session, asked, params)
    Guard(session).need_warehouse()
    values = _evaluate(session, procedure, expressions, params)
    handler = handlers.load(session, procedure)
    with ExitStack() as around:
        if procedure.execute_as == "OWNER":
            around.enter_context(session.elsewhere(procedure.database, procedure.schema, _owner(session, procedure)))
        session.depth += 1
        around.callback(_leave, session)
        snowpark = around.enter_context(_Alias(session))
        try:
            with _stoppable(session):
                answer = handler(snowpark, *values)
                return _answer(session, procedure, answer)
        except HandlerStopped:
            raise cancelled() from None
        except Exception as error:
            session.refuse_if_stopped()
            raise _python_error(procedure, error) from error


def _owner(session: Session, procedure: Procedure) -> str:
    """Who owns it now; GRANT OWNERSHIP changes that, and with it whose rights count."""
    place = (procedure.database, procedure.schema, procedure.signature)
    return session.server.privileges.owner("PROCEDURE", place) or procedure.owner


@contextmanager
def _stoppable(session: Session) -> Iterator[None]:
    session.handler_threads.append(threading.get_ident())
    try:
        yield
    finally:
        with session.uninterrupted:
            forgive_thread(session.handler_threads.pop())


def _chosen(session: Session, asked: Call, params: Params) -> tuple[Procedure, dict[str, str]]:
    found = fits(asked, allowed(session, asked.name))
    if len(found) == 1:
        return found[0]
    from local_cloud.snowflake.dispatch import run  # noqa: PLC0415  a CALL's arguments are statements themselves

    texts = [text for _, text in asked.arguments]
    answer = run(session, "SELECT " + ", ".join(f"{text} AS A{i}" for i, text in enumerate(texts)), params)
    kinds = [family_of_value(kind, value) for kind, value in zip(answer.types, answer.rows()[0], strict=True)]
    return nearest(found, dict(zip(texts, kinds, strict=True)))


def allowed(session: Session, name: tuple[str, ...]) -> list[Procedure]:
    """The procedures of this name that the role may call.

    Raises:
        ProgrammingError: 002140 when there is none.
    """
    guard = Guard(session)
    found = overloads(session, name)
    usable = [p for p in found if guard.may("PROCEDURE", (p.database, p.schema, p.signature), "USAGE")]
    if not usable:
        raise unknown_procedure(f"{found[0].database}.{found[0].schema}.{found[0].name}")
    return usable


def _leave(session: Session) -> None:
    if session.transaction and session.transaction.depth == session.depth:
        session.rollback_transaction()
        session.depth -= 1
        text = "Scoped transaction started in stored procedure is incomplete and it was rolled back."
        raise failure(90232, "22000", f"Stored procedure execution error: {text}")
    session.depth -= 1


def _evaluate(session: Session, procedure: Procedure, given: dict[str, str], params: Params) -> list[Any]:
    from local_cloud.snowflake.dispatch import run  # noqa: PLC0415  a CALL's arguments are statements themselves

    if not given:
        return []
    types = {parameter.name: parameter.type for parameter in procedure.parameters}
    columns = ", ".join(f"{argument_sql(text, types[name])} AS A{i}" for i, (name, text) in enumerate(given.items()))
    found = run(session, f"SELECT {columns}", params)
    row = dict(zip(given, found.rows()[0], strict=True))
    kinds = dict(zip(given, found.types, strict=True))
    return [to_python(row[p.name], kinds[p.name], p.type, p.name) for p in procedure.parameters]


def _answer(session: Session, procedure: Procedure, value: Any) -> Result:
    if procedure.returns.startswith("TABLE"):
        return returned_table(session, procedure, value)
    cell, kind = to_engine(value, procedure.returns)
    return from_rows({procedure.name: kind}, [(cell,)])


def _python_error(procedure: Procedure, error: Exception) -> Exception:
    frames = "".join(traceback.format_tb(error.__traceback__)[1:])
    # Handlers live in packages named by their zip here, which nobody but this server should see.
    last = re.sub(r"\b_staged_\w+?\.", "", "".join(traceback.format_exception_only(error)).strip())
    text = f"Python Interpreter Error:\nTraceback (most recent call last):\n{frames}{last}\n"
    return failure(100357, "P0000", f"{text} in function {procedure.name} with handler {procedure.handler}")


class _Alias:
    """A Snowpark session over HTTP whose token stands for the caller's session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def __enter__(self) -> SnowparkSession:
        session, self._token = self._session, secrets.token_urlsafe(24)
        host, port = session.server.endpoint
        session.server.sessions[self._token] = session
        connection = snowflake.connector.connect(
            account="local",
            user=session.login.user,
            host=host,
            port=port,
            protocol="http",
            session_token=self._token,
            master_token="not used",  # noqa: S106  no secret: the session token alone opens the session
            paramstyle="qmark",
            database=session.database,
            schema=session.schema,
            role=session.role,
            warehouse=session.warehouse,
            network_timeout=60,
            server_session_keep_alive=True,  # its end is not the end of the caller's session
            platform_detection_timeout_seconds=0,
        )
        self._connection = connection
        session_of_handler: SnowparkSession = SnowparkSession.builder.configs({"connection": connection}).create()
        self._snowpark = session_of_handler
        return session_of_handler

    def __exit__(self, *_: object) -> None:
        rest = self._connection.rest
        for token in {self._token, str(rest.token if rest else "")}:  # it may have been renewed
            self._session.server.sessions.pop(token, None)
        # The connection first: connector and Snowpark each remember what is open, and Snowpark cancels statements
        # of a session that it closes itself.
        self._connection.close()
        self._snowpark.close()
        # Snowpark would keep every session to close it when the process ends: about 60 KB a CALL.
        atexit.unregister(self._snowpark._close_at_exit)  # noqa: SLF001  pinned by the test of what a CALL leaves
