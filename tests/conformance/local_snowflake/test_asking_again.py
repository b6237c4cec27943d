"""Statements asked about later: by the client that repeats a request, by its session, by somebody else."""

import uuid
from typing import Any

from tests.conformance.local_snowflake.test_stopping import until

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
