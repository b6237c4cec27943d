"""What a fault does to the statement or the login that it strikes."""

from dataclasses import replace
from typing import Any

from snowflake.connector.errors import ProgrammingError
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from local_cloud.snowflake.dispatch import run
from local_cloud.snowflake.engine import Params
from local_cloud.snowflake.errors import failure, timed_out
from local_cloud.snowflake.faults import Fault
from local_cloud.snowflake.instance import LocalSnowflake
from local_cloud.snowflake.locks import TOO_MANY, refused
from local_cloud.snowflake.result import Result
from local_cloud.snowflake.running import Statement, Work
from local_cloud.snowflake.session import Login, Session


def network_policy(address: str) -> ProgrammingError:
    """The refusal of a login from an address that no network policy allows (390422)."""
    text = f"Incoming request with IP/Token {address} is not allowed to access Snowflake. "
    return failure(390422, "08001", f"{text}Contact your account administrator.")


def _refusal(fault: Fault, session: Session, sql: str, query_id: str) -> Exception | None:
    if fault.kind == "timeout":
        return timed_out(fault.seconds)
    if fault.kind == "lock_waiters":
        return refused(_last_name(sql), replace(session.asking(), query_id=query_id), query_id, TOO_MANY)
    return None


def _last_name(sql: str) -> str:
    words = [word.strip("(),;").upper() for word in sql.split()[:6]]
    markers = ("INTO", "UPDATE", "FROM", "TABLE", "CALL")
    at = next((words.index(marker) for marker in markers if marker in words[:-1]), -1)
    return words[at + 1].rpartition(".")[2] if at >= 0 else words[-1] if words else ""


def remember_the_present(server: LocalSnowflake, fault: Fault) -> None:
    """Keep what every database holds now, for the `stale_read` to come."""
    if fault.kind == "stale_read":
        keeper = server.open_session(Login("LOCAL", "ACCOUNTADMIN", None, None, None))
        keeper.engine.begin()
        keeper.engine.execute("SELECT count(*) FROM duckdb_tables()").fetchall()  # the snapshot is taken at first use
        fault.stale = keeper


def forget(fault: Fault) -> None:
    """Let go of what a fault kept."""
    if fault.stale is not None:
        fault.stale.end()
        fault.stale = None


def with_fault(fault: Fault, session: Session, sql: str, rows: list[Any], work: Work) -> Work:
    """The work of a statement as the fault changes it."""

    def changed(statement: Statement) -> Result:
        if refused := _refusal(fault, session, sql, statement.query_id):
            raise refused
        return work(statement)

    return _stale_work(fault, session, sql, rows[0] if rows else None) if fault.stale else changed


def _stale_work(fault: Fault, session: Session, sql: str, params: Params) -> Work:
    def work(_statement: Statement) -> Result:
        keeper: Session = fault.stale
        keeper.stand_in(session.database, session.schema if session.schema_set else None)
        keeper.names = session.names
        try:
            return run(keeper, sql, params)
        finally:
            if fault.times == 0:
                forget(fault)

    return work


class LostReply(Response):
    """No answer at all: the connection breaks."""

    async def __call__(self, scope: Scope, receive: Receive, _send: Send) -> None:
        """Break the connection instead of answering."""
        scope["local_cloud.break"]()
        message = await receive()
        while message["type"] != "http.disconnect":
            message = await receive()


def breakable(app: ASGIApp) -> ASGIApp:
    """The application, with the means to break a connection in each request's scope (uvicorn's own transport)."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        cycle = getattr(send, "__self__", None)
        if cycle is not None:
            scope["local_cloud.break"] = cycle.transport.abort
        await app(scope, receive, send)

    return wrapped
