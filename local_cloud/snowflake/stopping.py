"""SYSTEM$CANCEL_QUERY, SYSTEM$CANCEL_ALL_QUERIES and SYSTEM$ABORT_SESSION."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from local_cloud.snowflake.access_checks import Guard, insufficient
from local_cloud.snowflake.errors import failure
from local_cloud.snowflake.session import Session


def _sessions(session: Session) -> Iterator[Session]:
    yield from dict.fromkeys(session.server.sessions.values())


def _session(session: Session, session_id: str) -> Session:
    found = next((other for other in _sessions(session) if other.session_id == session_id), None)
    if found is None:  # the number is from memory
        raise failure(1116, "02000", f"Session '{session_id}' does not exist or is not authorized.")
    return found


def _refuse_stranger(session: Session, other: Session) -> None:
    """Everybody may stop what is theirs; another user's needs a right on its warehouse, or to be ACCOUNTADMIN."""
    guard, warehouse = Guard(session), ("", "", other.warehouse or "")
    if other.login.user == session.login.user or "ACCOUNTADMIN" in guard.roles:
        return
    if not (other.warehouse and guard.may("WAREHOUSE", warehouse, "OPERATE")) and guard.rights.enforced:
        raise insufficient("session", other.session_id)


def _cancel_query(session: Session, query_id: str) -> str:
    for other in _sessions(session):
        for statement in list(other.statements):
            if statement.query_id == query_id:
                _refuse_stranger(session, other)
                statement.cancel()
                return f"query [{query_id}] terminated."
    return "Identified SQL statement is not currently executing."


def _cancel_all_queries(session: Session, session_id: str) -> str:
    other = _session(session, session_id)
    _refuse_stranger(session, other)
    return f"{_cancelled(other, session)} cancelled."


def _cancelled(other: Session, asking: Session) -> int:
    own = other.statements[:1] if other is asking else []  # the statement that asks goes on
    return sum(statement.cancel() for statement in list(other.statements) if statement not in own)


def _abort_session(session: Session, session_id: str) -> str:
    other = _session(session, session_id)
    _refuse_stranger(session, other)
    session.server.abort(other)
    return f"session [{session_id}] terminated."


FUNCTIONS: Final[Mapping[str, Callable[[Session, str], str]]] = {
    "SYSTEM$CANCEL_QUERY": _cancel_query,
    "SYSTEM$CANCEL_ALL_QUERIES": _cancel_all_queries,
    "SYSTEM$ABORT_SESSION": _abort_session,
}
