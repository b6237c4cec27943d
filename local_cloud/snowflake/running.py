"""Statements on their way: each in a thread of its own, joined by a repeated request, cancellable.

A thread per statement, because a CALL waits for the statements of its handler and an UPDATE for the lock of
another session: with a pool of any fixed size the waiting ones could hold every thread that could end their wait.
"""

import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import replace
from typing import Any, Final

from snowflake.connector.errors import Error

from local_cloud.snowflake.describing import describe_only
from local_cloud.snowflake.dispatch import run
from local_cloud.snowflake.errors import cancelled, timed_out
from local_cloud.snowflake.kept_statements import Ended, KeptStatements
from local_cloud.snowflake.result import Result, from_rows
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.spool import PIECE_BYTES, Spooled, stored

_NEVER_S: Final = 86_400.0
_INTERRUPT_EVERY_S: Final = 0.05


class Running:
    """Every statement that runs or lately ran, by query id and by the client's request id."""

    def __init__(self) -> None:
        """Nothing runs."""
        self.kept = KeptStatements()

    def start(self, statement: "Statement", request_id: str) -> "Statement | Ended":
        """Start a statement, or answer the one that this request started already."""
        kept = self.kept.add(statement, request_id)
        if kept is statement:
            statement.arrive()
            threading.Thread(target=statement.run, name=f"statement {statement.query_id}", daemon=True).start()
        return kept

    def cancel(self, user: str, request_id: str) -> None:
        """Cancel the statement of a user's request, if it still runs."""
        if statement := self.kept.of_request(user, request_id):
            statement.cancel()


class Statement:
    """One statement: its future answer and the means to stop it."""

    def __init__(self, session: Session, turn: threading.Lock, work: Callable[["Statement"], Result]) -> None:
        """Prepare to run `work` when it is the session's turn."""
        self.query_id = str(uuid.uuid4())
        self.user = session.login.user
        self.done: Future[Result] = Future()
        self.lost_answers = 0.0  # how many answers still get lost on their way
        self._cancelled = threading.Event()
        self._begun = False
        self._has_turn = False
        self._thread = 0
        self.delay_s = 0.0  # what it waits before it begins
        self._session = session
        self._turn = turn
        self._work = work
        self._limit_reached = 0.0

    def arrive(self) -> None:
        """Take the session's turn if nobody has it: what was asked first runs first, whichever thread starts first."""
        self._has_turn = self._turn.acquire(blocking=False)

    def run(self) -> None:
        """Run to the end; the answer or the error is in `done`, whatever happens."""
        self._session.statements.append(self)
        timers: list[threading.Timer] = []
        try:
            timers.append(self._timer("STATEMENT_TIMEOUT_IN_SECONDS"))
            timers.append(self._timer("STATEMENT_QUEUED_TIMEOUT_IN_SECONDS"))
            self._take_turn(timers[1])
        except BaseException as error:  # whoever asked waits for `done` without end
            is_stop = self._cancelled.is_set() or not isinstance(error, Exception)
            self._end(self._stopped() if is_stop else error)
            if not isinstance(error, Error):
                raise
        finally:
            for timer in timers:
                timer.cancel()
            if self._has_turn:  # it never came to run
                self._turn.release()
            with self._session.uninterrupted:
                self._session.statements.remove(self)
            self._session.last_end_s = time.monotonic()

    def _take_turn(self, queued: threading.Timer) -> None:
        while not self._has_turn:
            if self._cancelled.is_set():
                raise cancelled()
            self._has_turn = self._turn.acquire(timeout=_INTERRUPT_EVERY_S)
        try:
            queued.cancel()
            self._thread, self._begun = threading.get_ident(), True
            self._end(self._answer())
        finally:
            with self._session.uninterrupted:  # after this no interrupt may strike: the next statement would be hit
                self._begun = False
            self._has_turn = False
            self._turn.release()

    def _timer(self, parameter: str) -> threading.Timer:
        limit_s = self._session.limit_s(parameter)
        timer = threading.Timer(limit_s, self._time_out, (limit_s,))
        timer.daemon = True
        if 0 < limit_s < _NEVER_S:
            timer.start()
        return timer

    @property
    def has_begun(self) -> bool:
        """Whether it runs, and does not wait for its turn any more."""
        return self._begun

    @property
    def is_stopped(self) -> bool:
        """Whether it runs and shall not."""
        return self._begun and self._cancelled.is_set()

    def _answer(self) -> Result:
        self._wait()
        result = self._work(self)
        answer = replace(result, table=self._kept(result.table), query_id=self.query_id, user=self.user)
        self._session.server.results[self.query_id] = answer
        self._session.last_query_id = self.query_id
        return answer

    def _stopped(self) -> Error:
        return timed_out(self._limit_reached) if self._limit_reached else cancelled()

    def _end(self, outcome: Result | BaseException) -> None:
        with self._session.uninterrupted:  # after this no interrupt may strike: the next statement would be hit
            self._begun = False
        if isinstance(outcome, BaseException):
            self.done.set_exception(outcome)
        else:
            self.done.set_result(outcome)

    def _kept(self, table: Any) -> Any:
        if isinstance(table, Spooled) or table.nbytes <= PIECE_BYTES:
            return table
        return stored(table.to_batches(), table.schema, self._session.server.results_dir)

    def _wait(self) -> None:
        if self._cancelled.wait(self.delay_s):
            raise cancelled()

    def _time_out(self, limit_s: float) -> None:
        self._limit_reached = limit_s
        self.cancel()

    def cancel(self) -> bool:
        """Stop it, with 000604 and nothing done; whether there was something to stop."""
        if self.done.done() or self._cancelled.is_set():
            return False
        self._cancelled.set()
        threading.Thread(target=self._interrupt, name=f"cancel {self.query_id}", daemon=True).start()
        return True

    def _interrupt(self) -> None:
        """An interrupt that comes between two calls of the engine is lost, so it is repeated until the end."""
        while not self.done.done():
            with self._session.uninterrupted:
                if self._begun:
                    self._session.engine.interrupt()
                    self._session.stop_handlers(self._thread)
            wait([self.done], _INTERRUPT_EVERY_S)


Work = Callable[[Statement], Result]


def statement_work(session: Session, sql: str, rows: list[Any], *, only_describe: bool = False) -> Work:
    """The work of one request: one statement, or one per row of an array binding, counted together."""

    def work(statement: Statement) -> Result:
        if only_describe:
            return describe_only(session, sql, rows[0] if rows else None)
        with session.server.query_history.noted(session, sql, statement.query_id) as asked:
            answer = run_batch(session, sql, rows) if len(rows) > 1 else run(session, sql, rows[0] if rows else None)
            asked.rows = answer.rowcount
        return answer

    return work


def run_batch(session: Session, sql: str, rows: list[Any]) -> Result:
    """An array binding is one statement: all of its rows or none."""
    with session.whole_statement():
        results = [run(session, sql, row) for row in rows]
    total = sum(result.rowcount for result in results)
    answer = from_rows({"number of rows inserted": "BIGINT"}, [(total,)], statement_type=results[-1].statement_type)
    return Result(answer.table, answer.types, total, results[-1].statement_type)
