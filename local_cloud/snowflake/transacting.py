"""How a session begins, renews, commits and leaves its transaction."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

import duckdb

from local_cloud.snowflake.errors import cancelled, failure
from local_cloud.snowflake.moment import MOMENT, clock_reading
from local_cloud.snowflake.transaction import Transaction

if TYPE_CHECKING:
    from local_cloud.snowflake.instance import LocalSnowflake
    from local_cloud.snowflake.running import Statement

ABANDONED_AFTER_S: Final = 300.0  # an idle transaction that blocks another is aborted after 5 minutes


class Transacting:
    """The part of a session that keeps Snowflake's rules of transactions."""

    server: "LocalSnowflake"
    engine: duckdb.DuckDBPyConnection
    session_id: str
    transaction: Transaction | None
    depth: int
    statements: "list[Statement]"
    uninterrupted: threading.RLock
    last_end_s: float

    def tell(self, name: str, value: str | None) -> None:
        """Let the engine know something about the session."""
        self.engine.execute(f"SET VARIABLE _sf_{name} = ?", [value])

    def begin(self, *, is_batch: bool = False) -> None:
        """BEGIN; inside a transaction it changes nothing, as in Snowflake."""
        if self.transaction and self.transaction.depth < self.depth:
            raise _other_scope()
        if self.transaction is None:
            self.transaction = Transaction(self.depth, self.server.changes.commits, is_batch=is_batch)
            self.engine.begin()

    def begin_statement(self) -> None:
        """In a transaction, see what others have committed by now, and let the time be now.

        Raises:
            ProgrammingError: 000604 when the statement is cancelled, 000002 when the transaction is lost.
        """
        self.refuse_if_stopped()
        if self.transaction and not self.transaction.is_batch:
            self.renew()
            self.tell(MOMENT, clock_reading())

    def renew(self) -> None:
        """In a transaction, see what others have committed by now."""
        transaction = self.transaction
        if transaction is None:
            return
        transaction.refuse_if_doomed()
        if transaction.is_batch:
            return
        if (commits := self.server.changes.commits) != transaction.seen:
            with self.uninterrupted:
                transaction.renew(self.engine, self.server.engine.cursor, commits)
            transaction.refuse_if_doomed()

    @contextmanager
    def whole_statement(self) -> Iterator[None]:
        """Everything in it is one statement: done altogether or not at all."""
        if self.transaction is None:
            self.begin(is_batch=True)
            try:
                yield
            except BaseException:
                self.rollback_transaction()
                raise
            self.commit_transaction()
            return
        self.begin_statement()
        transaction = self.transaction
        mark, transaction.is_batch = transaction.mark(), True
        try:
            yield
        except BaseException:
            with self.uninterrupted:
                transaction.back_to(self.engine, self.server.engine.cursor, mark, self.server.changes.commits)
            raise
        else:
            transaction.end_batch(self.engine)
        finally:
            transaction.is_batch = False

    def recover(self) -> None:
        """Undo a failed statement and nothing else of the transaction."""
        if self.transaction and not self.transaction.is_batch:
            with self.uninterrupted:
                self.transaction.recover(self.engine, self.server.engine.cursor, self.server.changes.commits)

    def commit_transaction(self) -> None:
        """COMMIT; without a transaction it changes nothing.

        Raises:
            ProgrammingError: 000002 when an earlier failure lost the transaction, which then is rolled back.
        """
        if self.transaction is None:
            return
        self._refuse_outer()
        transaction, changes = self.transaction, self.server.changes
        try:
            transaction.refuse_if_doomed()
            with self.uninterrupted, changes.writing(transaction.changed):
                self.engine.commit()
                changes.record(transaction.changed)
        except BaseException:
            self.rollback_transaction()
            raise
        self._leave()

    def rollback_transaction(self) -> None:
        """ROLLBACK; without a transaction it changes nothing."""
        if self.transaction is None:
            return
        self._refuse_outer()
        with self.uninterrupted, suppress(duckdb.TransactionException):  # the engine may have abandoned it already
            self.engine.rollback()
        self._leave()

    def commit_before_ddl(self) -> None:
        """DDL commits what is open; inside a CALL it may not touch the caller's transaction."""
        if self.transaction is not None:
            self.commit_transaction()

    def abandon(self) -> None:
        """Give back the locks of a client that has gone silent; its COMMIT, should it come, fails."""
        if self.transaction and not self.statements and time.monotonic() - self.last_end_s > ABANDONED_AFTER_S:
            with suppress(duckdb.TransactionException):
                self.engine.rollback()
            self.transaction.doomed = "it was idle for 5 minutes while another session waited for its lock"
            self.server.locks.release(self.session_id)

    def _refuse_outer(self) -> None:
        if self.transaction and self.transaction.depth < self.depth:
            raise _other_scope()

    def refuse_if_stopped(self) -> None:
        """End here if a statement that runs is cancelled.

        Raises:
            ProgrammingError: 000604.
        """
        if any(statement.is_stopped for statement in list(self.statements)):
            raise cancelled()

    def _leave(self) -> None:
        self.transaction = None
        self.tell(MOMENT, None)
        self.server.locks.release(self.session_id)


def _other_scope() -> Exception:
    # The wording is Snowflake's; the number is from memory.
    text = "Modifying a transaction that has started at a different scope is not allowed."
    return failure(90232, "22000", f"Stored procedure execution error: {text}")
