"""Statements asked about later: by the client that repeats a request, by its session, by somebody else."""

import uuid
from typing import Any

import pytest
from snowflake.connector.errors import ProgrammingError

from tests.conformance.local_snowflake.test_stopping import answer_of, until

MORE_THAN_ARE_KEPT = 260


def test_what_runs_and_what_was_asked_for_once_outlives_many_statements(ask: Any, opened: Any) -> None:
    connection = opened()
    waiting, cursor = connection.cursor(), opened().cursor()
    ask("CREATE TABLE t (id INT)")
    request = {"requestId": str(uuid.uuid4())}
    assert cursor.execute("INSERT INTO t VALUES (1), (2)", _statement_params=request).rowcount == 2
    waiting.execute_async("CALL SYSTEM$WAIT(600)")
    for number in range(MORE_THAN_ARE_KEPT):
        cursor.connection.cmd_query(f"SELECT {number}", number, uuid.uuid4())
    assert cursor.execute("INSERT INTO t VALUES (1), (2)", _statement_params=request).rowcount == 2
    assert ask("SELECT COUNT(*) FROM t") == [(2,)]
    assert connection.get_query_status(waiting.sfqid).name == "RUNNING"
    assert f"query [{waiting.sfqid}] terminated." in ask(f"SELECT SYSTEM$CANCEL_QUERY('{waiting.sfqid}')")[0]
    until(lambda: connection.get_query_status(waiting.sfqid).name == "FAILED_WITH_ERROR")


def test_an_answer_is_not_told_to_another_user(table: Any, opened: Any) -> None:
    own, stranger = opened().cursor(), opened(user="stranger").cursor()
    own.execute("SELECT * FROM t ORDER BY id")
    scan = f"SELECT * FROM TABLE(RESULT_SCAN('{own.sfqid}'))"
    for refused in (scan, f"{scan} WHERE id = 1"):
        with pytest.raises(ProgrammingError, match="not found"):
            stranger.execute(refused)
    # `get_results_from_sfqid` would look for a statement without a status for minutes before it asks for its rows
    answer = stranger.connection.rest.request(f"/queries/{own.sfqid}/result", method="get", client="rest")
    assert (answer["success"], answer["code"]) == (False, "000612")
    assert stranger.connection.get_query_status(own.sfqid).name == "NO_DATA"
    assert own.connection.get_query_status(own.sfqid).name == "SUCCESS"
    assert opened().cursor().execute(scan).fetchall() == answer_of(own, own.sfqid) == [(1, "a"), (2, "b")]


def test_a_statement_is_aborted_by_its_own_user_only(ask: Any, opened: Any) -> None:
    own, stranger = opened(), opened(user="stranger")
    requests = [uuid.uuid4(), uuid.uuid4()]
    cursor = own.cursor()
    for request in requests:
        cursor.execute_async("CALL SYSTEM$WAIT(600)", _statement_params={"requestId": str(request)})
    stranger._cancel_query("CALL SYSTEM$WAIT(600)", requests[0])  # what the connector does at its own time-out
    own._cancel_query("CALL SYSTEM$WAIT(600)", requests[1])
    until(lambda: own.get_query_status(cursor.sfqid).name == "FAILED_WITH_ERROR")
    # One is left to stop: a statement that somebody has stopped already does not count.
    until(lambda: ask(f"SELECT SYSTEM$CANCEL_ALL_QUERIES({own.session_id})") == [("1 cancelled.",)])
