"""Statements that are stopped: by a time limit, by another session, with their session."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from snowflake.connector.errors import DatabaseError, ProgrammingError

LONG = "SELECT COUNT(*) FROM {n} a, {n} b, {n} c WHERE a.n + b.n + c.n = -1".format(
    n="(SELECT SEQ4() AS n FROM TABLE(GENERATOR(ROWCOUNT => 100000)))"
)
SPINS = (
    "CREATE PROCEDURE spins() RETURNS STRING LANGUAGE PYTHON RUNTIME_VERSION='3.11' "
    "PACKAGES=('snowflake-snowpark-python') HANDLER='run' AS $$\n"
    "def run(session):\n"
    "    session.sql('INSERT INTO t VALUES (3)').collect()\n"
    "    while True:\n"
    "        try:\n"
    "            session.sql('SELECT COUNT(*) FROM t').collect()\n"
    "        except Exception:\n"
    "            pass\n$$"
)


class Waiting:
    """A statement in a thread of its own, with its end."""

    def __init__(self, cursor: Any, sql: str) -> None:
        self.error: DatabaseError | None = None
        self._thread = threading.Thread(target=self._run, args=(cursor, sql))
        self._thread.start()

    def _run(self, cursor: Any, sql: str) -> None:
        try:
            cursor.execute(sql)
        except DatabaseError as error:
            self.error = error

    def errno(self) -> int | None:
        self._thread.join(30)
        assert not self._thread.is_alive(), "the statement goes on"
        return self.error.errno if self.error else None


def until(act: Callable[[], Any]) -> Any:
    """Ask again until there is an answer."""
    deadline_s = time.monotonic() + 60
    while not (found := act()):
        assert time.monotonic() < deadline_s
        time.sleep(0.02)
    return found


def answer_of(cursor: Any, query_id: str) -> Any:
    cursor.get_results_from_sfqid(query_id)
    return cursor.fetchall()


def test_a_statement_that_waits_for_a_lock_ends_at_its_time_limit(ask: Any, opened: Any) -> None:
    ask("CREATE TABLE t AS SELECT 1 AS id")
    ask("BEGIN")
    ask("UPDATE t SET id = 2")
    other = opened(session_parameters={"STATEMENT_TIMEOUT_IN_SECONDS": 1}).cursor()
    assert Waiting(other, "UPDATE t SET id = 3").errno() == 630
    ask("COMMIT")
    assert ask("SELECT id FROM t") == [(2,)]


def test_the_time_limit_of_a_warehouse_counts_too(ask: Any) -> None:
    ask("CREATE WAREHOUSE hasty STATEMENT_TIMEOUT_IN_SECONDS = 1")
    ask("USE WAREHOUSE hasty")
    with pytest.raises(ProgrammingError, match="timeout of 1 second") as ended:
        ask(LONG)
    assert ended.value.errno == 630


def test_what_a_stopped_statement_did_is_undone_and_its_transaction_goes_on(ask: Any) -> None:
    ask("CREATE TABLE t AS SELECT 1 AS id")
    ask("BEGIN")
    ask("INSERT INTO t VALUES (2)")
    ask("ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = 1")
    with pytest.raises(ProgrammingError, match="timeout"):
        ask(f"INSERT INTO t SELECT 3 UNION ALL {LONG}")
    ask("COMMIT")
    assert ask("SELECT id FROM t ORDER BY id") == [(1,), (2,)]


def test_a_procedure_that_goes_round_for_ever_ends_at_the_time_limit(ask: Any) -> None:
    ask("CREATE TABLE t AS SELECT 1 AS id")
    ask(SPINS)
    ask("ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = 2")
    with pytest.raises(ProgrammingError) as ended:
        ask("CALL spins()")
    assert ended.value.errno == 630
    assert ask("SELECT COUNT(*) FROM t") == [(2,)]


def test_a_statement_is_cancelled_from_another_session_of_its_user(ask: Any, opened: Any) -> None:
    cursor = opened().cursor()
    (session_id,) = cursor.execute("SELECT CURRENT_SESSION()").fetchone()
    waiting = Waiting(cursor, LONG)
    until(lambda: ask(f"SELECT SYSTEM$CANCEL_ALL_QUERIES({session_id})") == [("1 cancelled.",)])
    assert waiting.errno() == 604
    assert ask(f"SELECT SYSTEM$CANCEL_ALL_QUERIES({session_id})") == [("0 cancelled.",)]
    cursor.execute_async(LONG)
    running = cursor.sfqid
    until(lambda: ask(f"SELECT SYSTEM$CANCEL_QUERY('{running}')")[0][0] == f"query [{running}] terminated.")
    with pytest.raises(DatabaseError, match="canceled"):
        answer_of(cursor, running)
    assert "not currently executing" in ask(f"SELECT SYSTEM$CANCEL_QUERY('{running}')")[0][0]
    with pytest.raises(ProgrammingError, match="does not exist"):
        ask("SELECT SYSTEM$CANCEL_ALL_QUERIES(999999999)")


def test_an_aborted_session_is_over_and_gives_its_locks_back(ask: Any, opened: Any) -> None:
    ask("CREATE TABLE t AS SELECT 1 AS id")
    cursor = opened().cursor()
    (session_id,) = cursor.execute("SELECT CURRENT_SESSION()").fetchone()
    cursor.execute("BEGIN")
    cursor.execute("UPDATE t SET id = 2")
    assert ask(f"SELECT SYSTEM$ABORT_SESSION({session_id})") == [(f"session [{session_id}] terminated.",)]
    ask("UPDATE t SET id = id + 10")
    assert ask("SELECT id FROM t") == [(11,)]
    with pytest.raises(DatabaseError) as over:
        cursor.execute("SELECT 1")
    assert over.value.errno == 390111


def test_a_statement_that_waits_for_its_turn_longer_than_it_may_is_not_begun(ask: Any, opened: Any) -> None:
    ask("CREATE TABLE t AS SELECT 1 AS id")
    connection = opened(session_parameters={"STATEMENT_QUEUED_TIMEOUT_IN_SECONDS": 1})
    first, second = connection.cursor(), connection.cursor()
    first.execute_async(LONG)
    assert Waiting(second, "INSERT INTO t VALUES (2)").errno() == 630
    ask(f"SELECT SYSTEM$CANCEL_QUERY('{first.sfqid}')")
    assert ask("SELECT COUNT(*) FROM t") == [(1,)]


def test_a_session_parameter_that_snowflake_does_not_know_is_refused(ask: Any) -> None:
    with pytest.raises(ProgrammingError, match="invalid parameter 'LOCK_TIMOUT'"):
        ask("ALTER SESSION SET LOCK_TIMOUT = 5")
    with pytest.raises(ProgrammingError, match="invalid parameter 'LOCK_TIMOUT'"):
        ask("ALTER SESSION UNSET LOCK_TIMOUT")
    with pytest.raises(ProgrammingError, match="invalid value '-1'"):
        ask("ALTER SESSION SET LOCK_TIMEOUT = -1")
    ask("ALTER SESSION SET TIMESTAMP_OUTPUT_FORMAT = 'YYYY-MM-DD'")


@pytest.mark.parametrize("wrong", ["STATEMENT_TIMEOUT_IN_SECONDS=abc", "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS=-1"])
def test_a_time_limit_that_is_no_number_is_refused_where_it_is_said(ask: Any, wrong: str) -> None:
    ask("CREATE WAREHOUSE IF NOT EXISTS counted")
    for statement in (f"CREATE WAREHOUSE miscounted {wrong}", f"ALTER WAREHOUSE counted SET {wrong}"):
        with pytest.raises(ProgrammingError, match="invalid value") as refused:
            ask(statement)
        assert refused.value.errno == 1007
    assert ask("SHOW WAREHOUSES LIKE 'miscounted'") == []
    assert ask("SELECT 1") == [(1,)]
