"""What a fault does to the statement or the login that it strikes."""

import math
import threading
from dataclasses import replace
from typing import Any

from snowflake.connector.errors import ProgrammingError
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from local_cloud.snowflake.errors import failure, timed_out
from local_cloud.snowflake.faults import Fault
from local_cloud.snowflake.instance import LocalSnowflake
from local_cloud.snowflake.locks import TOO_MANY, refused
from local_cloud.snowflake.result import Result
from local_cloud.snowflake.running import Statement, Work, statement_work
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.stale_reads import Past


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
        fault.stale = Past(server, fault.times)


def forget(fault: Fault) -> None:
    """Let go of what a fault kept."""
    if fault.stale is not None:
        fault.stale.end()


def struck(fault: Fault | None, session: Session, turn: threading.Lock, asked: tuple[str, list[Any]]) -> Statement:
    """The statement (text, binds) as a fault changes it, if there is one."""
    sql, rows = asked
    work = statement_work(session, sql, rows)
    if fault is None:
        return Statement(session, turn, work)
    if fault.stale:
        statement = Statement(session, turn, fault.stale.work(session, sql, rows))
        statement.done.add_done_callback(lambda _: fault.stale.struck())
        return statement
    statement = Statement(session, turn, _or_refused(fault, session, sql, work))
    if fault.kind == "slow":
        statement.delay_s = fault.seconds
    if fault.kind == "reply_lost":
        statement.lost_answers = fault.answers or math.inf
    return statement


def _or_refused(fault: Fault, session: Session, sql: str, work: Work) -> Work:
    def changed(statement: Statement) -> Result:
        if refused := _refusal(fault, session, sql, statement.query_id):
            raise refused
        return work(statement)

    return changed


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
