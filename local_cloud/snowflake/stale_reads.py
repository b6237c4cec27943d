"""What every database held when a `stale_read` was ordered, and the statements that are answered from it."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import duckdb

from local_cloud.snowflake.dispatch import run
from local_cloud.snowflake.result import Result
from local_cloud.snowflake.session import Login, Session
from local_cloud.snowflake.session_commands import set_parameter

if TYPE_CHECKING:
    from local_cloud.snowflake.instance import LocalSnowflake
    from local_cloud.snowflake.running import Statement

_LOOK_EVERY_S = 0.05


class Past:
    """One moment, kept open by a transaction; statements read it one at a time, each as who sent it.

    It ends after `times` statements, or after one that fails while it reads.
    """

    def __init__(self, server: "LocalSnowflake", times: int) -> None:
        """Keep the present."""
        self._left = times
        self._turn = threading.Lock()
        self._count = threading.Lock()  # another than the turn: who has been answered waits for nobody's reading
        self._reader: Session | None = server.open_session(Login("LOCAL", "ACCOUNTADMIN", None, None, None))
        self._reader.engine.begin()
        self._reader.engine.execute("SELECT count(*) FROM duckdb_tables()").fetchall()  # the first use is the moment

    @property
    def has_ended(self) -> bool:
        """Whether nothing can be read of it any more."""
        return self._reader is None

    def work(self, session: Session, sql: str, rows: list[Any]) -> Callable[["Statement"], Result]:
        """The work of a statement that sees this moment; when it has ended meanwhile, the present."""

        def work(statement: "Statement") -> Result:
            while not self._turn.acquire(timeout=_LOOK_EVERY_S):
                session.refuse_if_stopped()
            try:
                with session.server.query_history.noted(session, sql, statement.query_id) as asked:
                    result = run(self._disguised(session, statement), sql, rows[0] if rows else None)
                    session.refuse_if_stopped()  # an interrupt strikes the session's own engine only
                    asked.rows = result.rowcount
                    return result
            finally:
                self._let_go_if_aborted()
                self._turn.release()

        return work

    def _let_go_if_aborted(self) -> None:
        """A statement that fails within the engine takes the transaction with it, and with that the moment."""
        if self._reader is None:
            return
        self._reader.statements = []  # the reader's end would cancel them
        try:
            self._reader.engine.execute("SELECT 1").fetchall()
        except duckdb.Error:
            self._reader.end()
            self._reader = None

    def _disguised(self, session: Session, statement: "Statement") -> Session:
        reader = self._reader
        if reader is None:
            return session
        reader.login, reader.acting_as, reader.secondary = session.login, session.acting_as, session.secondary
        reader.names, reader.temporary = session.names, session.temporary
        reader.last_query_id, reader.serverless = session.last_query_id, session.serverless
        reader.statements = [statement]
        reader.parameters = dict(session.parameters)
        set_parameter(reader, "TIMEZONE", session.parameters["TIMEZONE"])
        reader.tell("user", session.login.user)
        reader.tell("session", session.session_id)
        reader.use_role(session.role)
        reader.use_warehouse(session.warehouse)
        reader.stand_in(session.database, session.schema if session.schema_set else None)
        return reader

    def struck(self) -> None:
        """One statement fewer will read it."""
        with self._count:
            self._left -= 1
            is_last = self._left == 0
        if is_last:
            self.end()

    def end(self) -> None:
        """Let go of it."""
        with self._turn:
            reader, self._reader = self._reader, None
        if reader is not None:
            reader.end()
